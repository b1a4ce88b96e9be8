"""What every provider offers. The only seam between accounts and where people sign in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from dominoci.domain.sign_up import Person


@dataclass(frozen=True)
class Asking:
    """One browser on its way to a provider and back; all but the address are secrets of this one sign-in."""

    redirect_uri: str
    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


class SsoError(Exception):
    """A sign-in that came to nothing over there. `reason` is a key of `domain.sign_up.REFUSALS`; the text is for the log, and
    holds nothing secret."""

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(text)
        self.reason = reason


class Provider(Protocol):
    """Any thread may call; both calls use the network, for seconds at worst, so never inside a transaction."""

    @property
    def id(self) -> str:
        """`github`, `gitlab` or `oidc`: the part of our address that is its own."""
        ...

    @property
    def name(self) -> str:
        """What people call it."""
        ...

    def authorization_url(self, asking: Asking) -> str:
        """Where the browser goes. Raises SsoError."""
        ...

    def person(self, asking: Asking, answer: Mapping[str, str]) -> Person:
        """Who came back, by the query of the callback. Raises SsoError."""
        ...
