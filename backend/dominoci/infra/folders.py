"""Folders that several processes write, move and remove at once: what has gone meanwhile is no error."""

import errno
import os
from collections.abc import Iterator
from contextlib import suppress
from io import FileIO
from pathlib import Path


def appendable(path: Path) -> FileIO:
    """A log, opened to be added to. Its folder may go in between: `rename` moves it, `store_logs` removes an empty one."""
    for _ in range(3):
        path.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):
            return path.open("ab", buffering=0)
    return path.open("ab", buffering=0)


def merge(source: Path, target: Path) -> None:
    """Moves a file or folder, into what is there already. Of a log that lies in both places the longer one stays: both begin at
    its first byte."""
    try:
        if source.is_dir():
            _merge_folder(source, target)
        elif not target.exists() or source.stat().st_size >= target.stat().st_size:
            source.replace(target)
        else:
            source.unlink()
    except FileNotFoundError:
        return  # somebody else has moved or removed it


def _merge_folder(source: Path, target: Path) -> None:
    try:
        source.rename(target)
    except OSError as e:
        if e.errno not in (errno.ENOTEMPTY, errno.EEXIST):
            raise
        for child in names_in(source):
            merge(source / child, target / child)
        with suppress(OSError):
            source.rmdir()


def names_in(folder: Path) -> list[str]:
    """What lies in a folder; nothing where it is gone, or is a file."""
    try:
        return [path.name for path in folder.iterdir()]
    except (FileNotFoundError, NotADirectoryError):
        return []


def is_build(name: str) -> bool:
    """Whether a folder of this name is a build's (`12`), or what a lost lease of it left (`12.lease1`): no project, folder or job
    may be called so."""
    return name.partition(".lease")[0].isdigit()


def builds_below(root: Path) -> Iterator[Path]:
    """The folders of builds, below names of projects or however deep in folders of jobs; what lost leases left is left out."""
    for name in names_in(root):
        if name.isdigit():
            yield root / name
        elif not is_build(name):
            yield from builds_below(root / name)


def logs_below(folder: Path) -> Iterator[Path]:
    """The logs below a build's folder, which may go meanwhile. What lies in `artifacts` is older than the store."""
    for base, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name != "artifacts"]
        yield from (Path(base, name) for name in names if name.endswith(".log"))


def remove_empty(folder: Path, root: Path) -> None:
    """Removes a build's folders that hold nothing any more, up to the project's, so that the next turn does not look there."""
    with suppress(OSError):
        while folder.parent != root:
            folder.rmdir()
            folder = folder.parent
