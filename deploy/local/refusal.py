"""The one error of the embedded stack that is meant for a person: what is wrong and the remedy."""


class Refusal(Exception):
    """A start that cannot succeed; says why and what to change, in Chinese and in English.

    `passing` says that the same start may well succeed later, with nothing changed.
    """

    def __init__(self, zh: str, en: str, *, passing: bool = False) -> None:
        super().__init__(f"{zh} / {en}")
        self.zh = zh
        self.en = en
        self.passing = passing
