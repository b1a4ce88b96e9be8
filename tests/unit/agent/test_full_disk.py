"""An agent whose disk is full says so, blames no step for it, and goes on."""

from __future__ import annotations

import gzip
import io
import os
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from dominoci_agent.loop import Agent
from tests.fakes.arbiter import Answer, FakeArbiter, git
from tests.unit.agent.test_life import job
from tests.waiting import until

MB = 1024 * 1024


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A work folder on a file system of 6 MB."""
    folder = tmp_path / "work"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "small", str(folder)], check=True)
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def large_cache() -> bytes:
    """A cache that is small only as long as it is packed."""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as tar:
        info = tarfile.TarInfo("out/zeros")
        info.size = 20 * MB
        tar.addfile(info, io.BytesIO(bytes(info.size)))
    return gzip.compress(raw.getvalue(), 1)


HALF = "mkdir out; head -c 4M /dev/urandom > out/half"
# what fills the disk -> the step
FULL_BY = {
    "the commit": "command: true",
    "the step": 'command: "cat /dev/zero > zeros"',
    "an input": "command: true",
    "a restored cache": "command: true, cache: {key: large, paths: [out]}",
    "a kept cache": f'command: "{HALF}", cache: {{key: mine, paths: [out]}}',
}


def test_a_full_disk_ends_the_build_with_a_word_about_it_and_the_agent_goes_on(
    arbiter: FakeArbiter, small_disk: Path, start_agent: Callable[..., Agent]
) -> None:
    agent = start_agent()
    content = os.urandom(8 * MB)
    arbiter.faults.append(lambda call: Answer(200, content) if call.path == "/files/large" else None)
    arbiter.caches["large-1"] = large_cache()
    wanted = {"project": "net", "name": "large", "url": "/files/large", "sha256": sha256(content).hexdigest()}
    (arbiter.folder / "author").mkdir()
    git(arbiter.folder, "clone", "--quiet", str(arbiter.repository), "author")
    (arbiter.folder / "author/large").write_bytes(content)
    arbiter.push({".domino/job.yml": job("command: true")}, branch="large")
    (arbiter.folder / "author/large").unlink()
    said = {}
    for place, step in FULL_BY.items():
        arbiter.push({".domino/job.yml": job(step)})
        ref = "large" if place == "the commit" else "main"
        found = arbiter.finished(arbiter.queue(ref=ref, branch=ref, inputs=[wanted] if place == "an input" else []))
        reason = found["reason"]["text"]
        said[place] = (found["state"], found["reason"]["code"], "no space is left" in reason or reason)
        until(lambda: not agent.busy, "the workspace is gone")
    assert said == dict.fromkeys(FULL_BY, ("failed", "infrastructure", True))
    arbiter.push({".domino/job.yml": job("command: true")})
    last = arbiter.finished(arbiter.queue())
    assert (last["state"], last["reason"]) == ("success", None)
