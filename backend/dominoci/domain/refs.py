"""What may name a branch or a tag."""

import re

# what git-check-ref-format(1) forbids, a leading dash, and what cannot be encoded
_BAD = re.compile(r"[\x00-\x20\x7f~^:?*\[\\\ud800-\udfff]|\.\.|//|@\{|(?:^|/)\.|\.lock(?:/|$)|[/.]$|^[/-]")
MAX_REF = 255
TAG_PREFIX = "refs/tags/"
BRANCH_PREFIX = "refs/heads/"


def is_ref_name(name: str) -> bool:
    """Whether `name` may name a branch or tag: git would take it, as a path it stays where it is put, as an argument it is
    no option."""
    return 0 < len(name) <= MAX_REF and name != "@" and _BAD.search(name) is None


def split_ref(ref: str) -> tuple[str | None, str | None]:
    """A ref as (branch, tag): one of them is None."""
    if ref.startswith(TAG_PREFIX):
        return None, ref.removeprefix(TAG_PREFIX)
    return ref.removeprefix(BRANCH_PREFIX), None
