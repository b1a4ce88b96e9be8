"""One exchange of the smart HTTP protocol, answered by `git http-backend` (a CGI program, git-http-backend(1))."""

import os
import signal
import subprocess
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from io import BufferedReader
from typing import IO, cast

import structlog

from dominoci.infra.hosting import command

log = structlog.get_logger()
CHUNK = 64 << 10
LONGEST_HEAD = 16 << 10


class Body:
    """The answer's bytes as git makes them. Whoever iterates must `close()` at the end, however far they got."""

    def __init__(self, process: "subprocess.Popen[bytes]", errors: IO[bytes], limit_s: float, *, finish: bool) -> None:
        self._process, self._errors, self._finish = process, errors, finish
        self._output = cast(BufferedReader, process.stdout)
        self._timer = threading.Timer(limit_s, self._kill)
        self._timer.daemon = True
        self._timer.start()

    def head(self) -> list[str]:
        """The lines before the first empty one; empty when git died before it said anything."""
        lines: list[str] = []
        size = 0
        while size < LONGEST_HEAD and (line := self._output.readline(LONGEST_HEAD)):
            if not line.strip():
                return lines
            lines.append(line.decode("latin-1").strip())
            size += len(line)
        return []

    def __iter__(self) -> "Body":
        return self

    def __next__(self) -> bytes:
        if chunk := self._output.read1(CHUNK):
            return chunk
        raise StopIteration

    def close(self) -> None:
        """Ends the process. A push whose reader has gone away is still finished: its refs may have moved already, and its
        hook must tell of it."""
        if not self._finish:
            self._kill()
        for _ in self:
            pass
        code = self._process.wait()
        self._timer.cancel()
        self._output.close()
        with self._errors as errors:
            errors.seek(0)
            if code > 0:
                log.info("git_backend_failed", code=code, said=errors.read(500).decode(errors="replace"))

    def _kill(self) -> None:
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)


@dataclass(frozen=True)
class Answer:
    """What git answers: HTTP status, content type, and the bytes as they come."""

    status: int
    headers: Mapping[str, str]
    body: Body


def exchange(request: Mapping[str, str], body: IO[bytes], limit_s: float, *, finish: bool) -> Answer:
    """Runs one exchange for at most `limit_s` seconds. `request` holds the CGI variables, `body` (a real file, at its
    beginning) what the client sent; `finish`: see `Body.close`."""
    errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the answer's body
    process = subprocess.Popen(
        [command.executable(), "http-backend"],
        env={**command.environment(), **request},
        stdin=body,
        stdout=subprocess.PIPE,
        stderr=errors,
        start_new_session=True,
    )
    answer = Body(process, errors, limit_s, finish=finish)
    headers = dict(_header(line) for line in answer.head())
    if not headers:
        return Answer(500, {}, answer)
    return Answer(int(headers.pop("status", "200").split()[0]), headers, answer)


def _header(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    return name.strip().lower(), value.strip()
