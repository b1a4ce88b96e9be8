"""A WSGI application for the tests of gunicorn's settings: `/wait` answers when the process is told to stop, everything
else at once with the worker's process id."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from dominoci.web.closing import CLOSING


def app(environ: dict[str, Any], start_response: Callable[[str, list[tuple[str, str]]], object]) -> Iterable[bytes]:
    """See the module."""
    body = str(os.getpid()).encode()
    if environ["PATH_INFO"] == "/wait":
        Path(os.environ["WAITING"]).touch()
        body = b"told to stop" if CLOSING.wait(60) else b"forgotten"
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]
