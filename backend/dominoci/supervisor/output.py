"""The children's output: shown line by line with the child's name before it, and kept in files of bounded size."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Final

LINE_LIMIT: Final = 64 * 1024
FILE_LIMIT: Final = 5 << 20
ROUTINE: Final = frozenset({"request"})
UNSAID: Final = frozenset({"event", "level", "timestamp", "at", "process", "request"})
NAME_WIDTH: Final = 9
COLOURS: Final = ("36", "35", "32", "34", "33", "96", "95")


class LogFile:
    """`<name>.log`, and `<name>.log.1` with what was before: at most twice `limit` bytes together."""

    def __init__(self, path: Path, limit: int = FILE_LIMIT) -> None:
        self._path, self._limit = path, limit
        self._file = path.open("ab")

    def write(self, line: bytes) -> None:
        """Adds a line; a full disk loses it, no more."""
        with suppress(OSError):
            if self._file.tell() + len(line) > self._limit:
                self._file.close()
                self._path.replace(self._path.with_name(self._path.name + ".1"))
                self._file = self._path.open("ab")
            self._file.write(line)
            self._file.flush()

    def close(self) -> None:
        """Ends writing."""
        with suppress(OSError):
            self._file.close()


class Screen:
    """The terminal, or whatever stands in for it. When nobody reads any more, lines are dropped."""

    def __init__(self, stream: IO[bytes] | None = None) -> None:
        self._stream = stream or sys.stdout.buffer
        self._coloured = self._stream.isatty() and "NO_COLOR" not in os.environ
        self._colours: dict[str, str] = {}

    def show(self, name: str, line: bytes) -> None:
        """`web       | line`; what is routine stays in the log file."""
        line = readable(line)
        if not line:
            return
        colour = self._colours.setdefault(name, COLOURS[len(self._colours) % len(COLOURS)])
        label = f"{name:<{NAME_WIDTH}} | "
        label = f"\x1b[{colour}m{label}\x1b[0m" if self._coloured else label
        with suppress(OSError):
            self._stream.write(label.encode() + line)
            self._stream.flush()


def readable(line: bytes) -> bytes:
    """A structured log line in few words, empty for requests that went well; any other line as it is."""
    try:
        entry = json.loads(line) if line.startswith(b"{") else None
    except (ValueError, RecursionError):
        entry = None
    if not isinstance(entry, dict) or "event" not in entry:
        return line
    event = str(entry["event"])
    if event in ROUTINE and entry.get("level") == "info":
        return b""
    words = [f"{key}={value}" for key, value in entry.items() if key not in UNSAID and value not in ("", None)]
    return f"{event.replace('_', ' ').replace('.', ' ')}  {' '.join(words)}".rstrip().encode() + b"\n"


class Lines:
    """Cuts one child's stream into lines, each with its line end; a line over 64 kB comes in pieces."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """The lines that `chunk` completes; an empty chunk is the end and gives what is left."""
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        yield from (line + b"\n" for line in lines)
        if self._rest and (not chunk or len(self._rest) > LINE_LIMIT):
            line, self._rest = self._rest, b""
            yield line + b"\n"
