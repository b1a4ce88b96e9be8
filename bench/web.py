"""The web server that every side of a comparison runs on: gunicorn with the arbiter's own worker class and number of threads."""

import http.client
import sys

from dominoci.config import Settings

HOST = "127.0.0.1"


def gunicorn(app: str, port: int) -> list[str]:
    """The command that serves `app` (module:factory()) with as many workers and threads as the arbiter has by default."""
    settings = Settings()
    threads = settings.live_cap + settings.poll_cap + 32
    argv = [sys.executable, "-P", "-c", _WITH_ROOT, "--worker-class", "gthread", "--threads", str(threads)]
    argv += ["--workers", str(settings.web_workers), "--keep-alive", "5", "--bind", f"{HOST}:{port}"]
    return [*argv, "--worker-tmp-dir", "/dev/shm", "--no-control-socket", app]  # noqa: S108  where the arbiter has it too


# -P as for the arbiter; the repository's root, where `bench` is found, is added by hand
_WITH_ROOT = "import sys; sys.path.append('.'); from gunicorn.app.wsgiapp import run; sys.argv[0] = 'gunicorn'; run()"


def answers(port: int, path: str, status: int) -> bool:
    """Whether a GET is answered with this status."""
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == status
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
