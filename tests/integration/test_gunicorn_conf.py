"""Web under gunicorn stops at once although requests wait, and leaves no worker when its master is killed."""

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.bed.process import free_port
from tests.waiting import until

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture
def web(tmp_path: Path) -> Iterator[tuple["subprocess.Popen[bytes]", str]]:
    """Gunicorn with our settings over a small application, and its address."""
    port = free_port()
    env = {**os.environ, "DOMINOCI_PORT": str(port), "DOMINOCI_DATA": str(tmp_path), "WAITING": str(tmp_path / "waiting")}
    argv = [sys.executable, "-m", "gunicorn", "-c", "python:dominoci.web.gunicorn_conf", "tests.fakes.waiting_app:app"]
    with subprocess.Popen(argv, cwd=REPOSITORY, env=env, stderr=subprocess.DEVNULL) as process:
        url = f"http://127.0.0.1:{port}"
        until(lambda: _answers(url), "gunicorn answers")
        yield process, url
        process.kill()


def test_a_waiting_request_is_answered_when_web_is_told_to_stop(
    web: tuple["subprocess.Popen[bytes]", str], tmp_path: Path
) -> None:
    process, url = web
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(httpx.get, f"{url}/wait", timeout=30)
        until((tmp_path / "waiting").exists, "the request waits")
        process.terminate()
        assert waiting.result().text == "told to stop"
    assert process.wait(9) == 0  # less than the graceful timeout: nothing held it


def test_kill_9_of_the_master_takes_the_worker_along(web: tuple["subprocess.Popen[bytes]", str]) -> None:
    process, url = web
    worker = int(httpx.get(url).text)
    assert worker != process.pid
    process.kill()
    process.wait(5)
    until(lambda: not Path(f"/proc/{worker}").exists(), "the worker is gone", within_s=10)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url).status_code == 200
    except httpx.HTTPError:
        return False
