"""The agent's own log on stderr: one line an event, JSON for machines, plain words on a terminal. Never a secret: tokens and
values of builds are not logged in the first place."""

from __future__ import annotations

import datetime as dt
import json
import logging
import sys

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def _fields(record: logging.LogRecord) -> dict[str, object]:
    return {name: value for name, value in vars(record).items() if name not in _STANDARD}


class JsonLines(logging.Formatter):
    """`{"at", "level", "event", …fields}`."""

    def format(self, record: logging.LogRecord) -> str:
        """One line of JSON."""
        at = dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds")
        line: dict[str, object] = {"at": at, "level": record.levelname.lower(), "event": record.getMessage()}
        line |= _fields(record)
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


class PlainLines(logging.Formatter):
    """`12:00:00 event name=value …`."""

    def format(self, record: logging.LogRecord) -> str:
        """One line of text."""
        at = dt.datetime.fromtimestamp(record.created).astimezone().strftime("%H:%M:%S")
        words = " ".join(f"{name}={value}" for name, value in _fields(record).items())
        line = f"{at} {record.getMessage()} {words}".rstrip()
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


def set_up() -> None:
    """Log to stderr from now on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(PlainLines() if sys.stderr.isatty() else JsonLines())
    root = logging.getLogger("dominoci_agent")
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    root.propagate = False
