"""What a model is known to say, so that judging needs not wait for it in the middle.

A verdict asks `Answers`. What they do not know they note as a question and leave open; whoever
judges has the questions answered, and judges again until no new one comes up. A question is named
by its content alone, so that the same figures are the same question wherever they are asked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import blake2b
from typing import NamedTuple, Protocol

from schemas.exact import text

# Goes into every question's name: another way of fitting asks everything anew.
_FITTED_AS = "autoets-1"


class Question(NamedTuple):
    """What will the next `months` after these monthly points come to?"""

    points: tuple[Decimal, ...]
    months: int

    @property
    def name(self) -> str:
        """The same for the same content."""
        said = "|".join((_FITTED_AS, str(self.months), *map(text, self.points)))
        return blake2b(said.encode(), digest_size=10).hexdigest()


@dataclass
class Answers:
    """A model made of answers. None as an answer: it was asked and could not tell.

    `used` are those that were heard since, `questions` those that are still open.
    """

    known: Mapping[str, Decimal | None] = field(default_factory=dict)
    installed: bool = True
    used: dict[str, Decimal | None] = field(default_factory=dict)
    questions: dict[str, Question] = field(default_factory=dict)

    def ahead(self, points: Sequence[Decimal], months: int) -> Decimal | None:
        """See Model."""
        question = Question(tuple(points), months)
        name = question.name
        if name in self.known:
            self.used[name] = self.known[name]
            return self.known[name]
        if self.installed:
            self.questions[name] = question
        return None

    def with_answers(self, answered: Mapping[str, Decimal | None]) -> "Answers":
        """The same, knowing more."""
        return Answers({**self.known, **answered}, self.installed)


class Asking(Protocol):
    """Where the time-series model is asked. `installed` is False where there is none."""

    @property
    def installed(self) -> bool:
        """Can it be asked at all?"""

    async def answer(self, questions: Mapping[str, Question]) -> dict[str, Decimal | None]:
        """Every question's answer by its name, within bounded time; None where there is none."""


@dataclass(frozen=True)
class NoModel:
    """No model is installed."""

    installed: bool = False

    async def answer(self, questions: Mapping[str, Question]) -> dict[str, Decimal | None]:
        """No answers; nobody asks."""
        return dict.fromkeys(questions)


NO_MODEL = NoModel()
