"""Roles: what a person may do with a project. Each includes the ones before it; site admins may everything."""

from collections.abc import Iterable
from enum import StrEnum


class Role(StrEnum):
    """A viewer sees a project; a maintainer runs and configures it; an owner decides who may, shows and deletes it."""

    VIEWER = "viewer"
    MAINTAINER = "maintainer"
    OWNER = "owner"

    @property
    def rank(self) -> int:
        """Higher may more."""
        return _ORDER.index(self)

    def includes(self, other: "Role") -> bool:
        """Whether this role may all that the other one may."""
        return self.rank >= other.rank


_ORDER = (Role.VIEWER, Role.MAINTAINER, Role.OWNER)
ROLES = tuple(role.value for role in _ORDER)
PUBLIC, PRIVATE = "public", "private"  # visibilities of a project: seen by everybody who is signed in, or by its members


def highest(roles: Iterable[str]) -> Role | None:
    """The one of several roles that counts; None of none."""
    return max((Role(role) for role in roles), key=lambda role: role.rank, default=None)
