"""Who sends: a department with the scopes of its key."""

from dataclasses import dataclass

from schemas.answers import Scope


@dataclass(frozen=True, slots=True)
class Sender:
    """An authenticated key's department and scopes."""

    department: str
    scopes: frozenset[Scope]

    @property
    def is_admin(self) -> bool:
        """May it speak for any department and any owner?"""
        return Scope.ADMIN in self.scopes

    def may(self, scope: Scope) -> bool:
        """Does the key have the scope, by itself or as an administrator's?"""
        return scope in self.scopes or self.is_admin

    def speaks_for(self, department: str) -> bool:
        """May it say something in the name of the department?"""
        return department == self.department or self.is_admin
