"""Reads single files out of a bare repository."""

from pathlib import Path

from dominoci.domain.errors import TooLarge
from dominoci.infra.hosting import command

TIMEOUT_S = 10


def read(repository: Path, commit: str, path: str, most: int) -> bytes | None:
    """The content of the file `path` in the tree of `commit` (a full id); None when there is no such file.

    Raises TooLarge when it has more than `most` bytes, GitError when the repository cannot be read.
    """
    name = f"{commit}:{path}"
    # for what is missing, too, it answers with exit code 0; the name has no line breaks, as an id and our own path have none
    said = command.run("cat-file", "--batch-check", at=repository, stdin=f"{name}\n".encode(), timeout_s=TIMEOUT_S)
    kind, _, size = said.decode(errors="replace").strip().partition(" ")[2].partition(" ")
    if kind != "blob":
        return None
    if int(size) > most:
        raise TooLarge(f"{path} has {size} bytes; the limit is {most}.")
    return command.run("cat-file", "blob", name, at=repository, timeout_s=TIMEOUT_S)
