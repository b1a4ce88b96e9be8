"""Reading below a folder that others change meanwhile: a step that runs beside may swap any folder for a link at any time, so no
path is followed, but each folder is opened out of the one before it (openat(2))."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath

_FOLDER = os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC


@contextmanager
def folder_below(root: Path, inner: PurePath) -> Iterator[int]:
    """A descriptor of the folder `inner` (relative; `.`: `root` itself), for the `dir_fd` of other calls. OSError, also when a
    link stands anywhere in `inner`."""
    if inner.is_absolute() or ".." in inner.parts:
        raise OSError(errno.EINVAL, "it is not below the folder")
    descriptor = os.open(root, _FOLDER)
    try:
        for part in inner.parts:
            deeper = os.open(part, _FOLDER | os.O_NOFOLLOW, dir_fd=descriptor)
            os.close(descriptor)
            descriptor = deeper
        yield descriptor
    finally:
        os.close(descriptor)


def open_in(folder: int, name: str) -> int:
    """A descriptor to read the regular file of that name in an open folder. OSError, also for a link and a pipe."""
    # O_NONBLOCK: to open a pipe that nobody writes to would wait for ever
    descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "it is no regular file")
    return descriptor


def open_below(root: Path, inner: PurePath) -> int:
    """A descriptor to read the regular file `inner` (relative) below `root`. OSError, also when a link stands anywhere in it."""
    with folder_below(root, inner.parent) as folder:
        return open_in(folder, inner.name)
