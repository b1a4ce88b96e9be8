"""First commits that are the same on every machine: `git fast-import`, one identity, one time."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from dominoci.demo.sources import is_program
from dominoci.infra.hosting import command

AUTHOR, EMAIL = "Demo", "demo@localhost"
WHEN = "1795251600 +0000"  # 2026-11-21T09:00:00Z


def place(repository: Path, branch: str, files: Mapping[str, bytes], message: str) -> str:
    """Puts `files` as the first commit onto `branch` of a repository and answers its id. No hook runs. Raises GitError."""
    stream = b"".join(_stream(branch, files, message))
    command.run("fast-import", "--quiet", "--force", at=repository, stdin=stream)
    return command.run("rev-parse", "--verify", "--end-of-options", f"refs/heads/{branch}", at=repository).decode().strip()


def _stream(branch: str, files: Mapping[str, bytes], message: str) -> Iterator[bytes]:
    yield f"commit refs/heads/{branch}\n".encode()
    yield f"author {AUTHOR} <{EMAIL}> {WHEN}\ncommitter {AUTHOR} <{EMAIL}> {WHEN}\n".encode()
    yield _data(message.encode())
    for path, content in sorted(files.items()):
        mode = "100755" if is_program(content) else "100644"
        yield f"M {mode} inline {path}\n".encode()
        yield _data(content)


def _data(content: bytes) -> bytes:
    return f"data {len(content)}\n".encode() + content + b"\n"
