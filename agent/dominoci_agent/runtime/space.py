"""Telling a full disk from all other failures: it is the agent's fault, and never the step's."""

from __future__ import annotations

import errno
import os
from pathlib import Path

FULL = "no space is left on the agent's disk"
_FULL_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
# what a program that found no room leaves is often this little more than nothing
_NEXT_TO_NOTHING = 1024 * 1024


def is_disk_full(error: OSError) -> bool:
    """Whether a write found no room."""
    return error.errno in _FULL_ERRORS


def disk_trouble(error: OSError) -> str:
    """What to say of an error of the file system."""
    return FULL if is_disk_full(error) else f"the agent's disk: {error.strerror or error}"


def is_full(folder: Path) -> bool:
    """Whether the file system of a folder has no room any more (bytes, or files)."""
    try:
        found = os.statvfs(folder)
    except OSError:
        return False
    return found.f_bavail * found.f_frsize < _NEXT_TO_NOTHING or (found.f_files > 0 and found.f_favail == 0)
