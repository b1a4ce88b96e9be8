"""Gunicorn's settings: `gunicorn --config python:dominoci.web.gunicorn_conf dominoci.wsgi:app`.

Threads, because gevent and SQLite freeze each other; each live socket and each long poll holds one, so there are as many
as both caps allow and 32 for everything else. With the gevent worker they are greenlets, of which there may be thousands."""

import signal
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from dominoci.config import Settings, SettingsError
from dominoci.web.closing import CLOSING

_settings = Settings.from_env()
if _settings.web_worker_class == "gevent":
    from gevent.monkey import is_module_patched

    # the worker itself would patch when locks and sockets exist already, which then stop the whole process
    if not is_module_patched("threading"):
        raise SettingsError("the gevent worker is started by `dominoci web`, which patches Python before anything is imported")
_host = f"[{_settings.host}]" if ":" in _settings.host else _settings.host

bind = f"{_host}:{_settings.port}"
workers = _settings.web_workers
worker_class = _settings.web_worker_class
threads = _settings.live_cap + _settings.poll_cap + 32
worker_connections = threads + 1000  # of gevent; kept connections of browsers count, too
# live sockets and long polls end by themselves when CLOSING is set, so this is seldom used up
graceful_timeout = 10
timeout = 60
keepalive = 5
# on by default, under $HOME, and able to stop the server
control_socket_disable = True
accesslog = None
errorlog = "-"
loglevel = _settings.log_level.lower()
proc_name = "dominoci-web"
# the workers' sign of life is a file's time: in memory it does not wait for a busy disk
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108  gunicorn makes its file safely there


def post_worker_init(_worker: object) -> None:
    """Makes the worker tell its own waiting threads when it is told to stop."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
        signal.signal(number, _closing_first(signal.getsignal(number)))


def _closing_first(old: Any) -> Callable[[int, FrameType | None], None]:
    def handle(number: int, frame: FrameType | None) -> None:
        CLOSING.set()
        if callable(old):
            old(number, frame)

    return handle
