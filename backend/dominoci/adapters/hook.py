"""What a vendor's own webhook says of itself and of a run, read once for every vendor."""

from collections.abc import Callable
from dataclasses import dataclass

from dominoci.adapters.base import Told
from dominoci.domain.repository_events import Happening


@dataclass(frozen=True)
class Hook:
    """One webhook that a vendor sent: whose it may be, how it proves itself, and what it tells.

    Nothing of it may be believed before `holds` was asked with the secret that is kept for one of its keys.
    """

    keys: tuple[str, ...]
    """What the target may be stored under (`domain.target.key_of`), the surest first."""
    delivery_id: str | None
    """The sender's own id of this delivery, the same over its retries; None when it sent none."""
    kind: str
    """The event as the vendor names it, for the log and for a page that shows what came in."""
    holds: Callable[[str], bool]
    """Whether this secret proves the request, compared in constant time."""
    told: Told | None
    """What it says of a run; None for what says nothing of one (a ping, a push)."""
    repository: str | None = None
    """The repository that it is about, as links name it (`github.com/owner/name`); None for an installation of an App."""
    tells: Callable[[], Happening | None] = lambda: None
    """What happened in the repository; not to be asked before the webhook has proven itself. None for what changes nothing
    here. Raises ValueError for what the vendor would not send."""
    by_github: bool = False
    """Whether it is signed as GitHub signs: then it may be one of the arbiter's own GitHub App."""
    installation: str | None = None
    """The installation of a GitHub App that it was sent for."""
    account: str | None = None
    """Whose the repository is, by the host's own id (`domain.repository_events.account_address`)."""
