"""Operators of the console: their names, their roles, and what is kept of them."""

import re
import unicodedata
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from schemas.names import Contract, Moment, Slug

ADMIN = "admin"
# `admin` is built in; of what `data` did nobody is the author.
RESERVED = frozenset({ADMIN, "data"})
_NAME = re.compile(r"\w[\w.·-]{0,63}")
# Letters by Unicode's tables that nobody sees.
_FILLERS = frozenset("\u115f\u1160")


class Role(StrEnum):
    """What an operator may do; each may what those before it may."""

    VIEW = "view"
    OPERATE = "operate"
    SUPERVISE = "supervise"
    ADMIN = "admin"


def is_name(name: str) -> bool:
    """Whether an operator may be called so: letters of any script, digits, `_ . · -`, at most 64.

    Only the composed form of a name is one, so that two names that look alike letter by letter
    are the same.
    """
    plain = unicodedata.normalize("NFKC", name) == name and not _FILLERS & set(name)
    return plain and bool(_NAME.fullmatch(name)) and name.casefold() not in RESERVED


def as_kept(name: str) -> str:
    """A name as it is kept, of one that was typed: composed, in plain width, no spaces around."""
    return unicodedata.normalize("NFKC", name).strip()


def _called(name: str) -> str:
    if not is_name(name):
        raise ValueError("no operator may be called so")
    return name


class Operator(Contract):
    """One account. `password` is what scrypt made of it, with a salt of its own."""

    # An error must not quote what was kept of a password.
    model_config = ConfigDict(hide_input_in_errors=True)

    name: Annotated[str, AfterValidator(_called)]
    role: Role
    department: Slug | None = None
    password: str = Field(pattern=r"^scrypt(\$[^$]+){5}$", repr=False)
    added_at: Moment


class Operators(Contract):
    """The file of accounts."""

    model_config = ConfigDict(hide_input_in_errors=True)

    operators: tuple[Operator, ...] = ()

    @model_validator(mode="after")
    def _each_name_once(self) -> Self:
        names = {operator.name.casefold() for operator in self.operators}
        if len(names) < len(self.operators):
            raise ValueError("a name is there twice")
        return self
