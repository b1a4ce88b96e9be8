"""What copies of a job are called: `<job>_<branch>` for a branch, `<job>_pr25` for a pull request."""

import hashlib
import re
from collections.abc import Iterator
from typing import Final

from dominoci.domain.names import MAX_LENGTH, name_problem

DIGITS: Final = 6
# names that mean something else: of a pull request's copy, of the keys `job_<name>_recent` and `job_<name>_<build>`
_RESERVED: Final = re.compile(r"pr[0-9]+|recent|[0-9]+", re.IGNORECASE)


def of_branch(job: str, branch: str) -> Iterator[str]:
    """Names for the copy of a branch, the best first: the branch's own, where it can stand in a name as it is; then with six
    digits of its hash, which keep `feature/a` and `feature-a` apart; then with more, until one is free."""
    plain = _slug(branch)
    if plain == branch and not _RESERVED.fullmatch(plain) and not name_problem(f"{job}_{plain}"):
        yield f"{job}_{plain}"
    yield from _hashed(job, plain, branch)


def of_pull(job: str, number: int) -> Iterator[str]:
    """Names for the copy of a pull request: no copy of a branch is called like the first."""
    if not name_problem(f"{job}_pr{number}"):
        yield f"{job}_pr{number}"
    yield from _hashed(job, f"pr{number}", f"pull request {number}")


def _hashed(job: str, slug: str, exact: str) -> Iterator[str]:
    digest = hashlib.sha256(exact.encode("utf-8", "surrogatepass")).hexdigest()
    for count in range(DIGITS, len(digest) // 2):
        end = f"-{digest[:count]}"
        # a long job's name makes room, too: what is left of it is told apart by the hash of both
        room = MAX_LENGTH - len(end) - len(slug[:40]) - 1
        head = job if len(job) <= room else f"{job[: room - 7]}-{hashlib.sha256(job.encode()).hexdigest()[:6]}"
        yield f"{head}_{slug[: MAX_LENGTH - len(end) - len(head) - 1]}{end}"


def _slug(branch: str) -> str:
    """The branch with a `-` for each run of characters that no name may hold."""
    kept = "".join(c if c.isascii() and (c.isalnum() or c in "._-") else " " for c in branch)
    return "-".join(kept.split())
