"""The post-receive hook of hosted repositories: tells the arbiter about every branch and tag that a push has moved.

It runs alone (`python -I -S`), so it imports nothing but the standard library. It never fails a push, and a push that the
arbiter could not be told about stays in `untold/` of the repository, where the arbiter finds it by itself later.
"""

import hashlib
import http.client
import json
import os
import signal
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

PATIENCE_S = 30.0
# when nothing listens, web is being restarted or everything is being stopped: then no process may be left behind for long
PATIENCE_UNHEARD_S = 8.0
FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 3.0
REPORTED = ("refs/heads/", "refs/tags/")
NOTHING = "0" * 40
SETTINGS, UNTOLD = "dominoci.json", "untold"

Push = dict[str, str]


class Later(Exception):
    """The arbiter did not take it now; trying again may help for `patience_s` seconds."""

    def __init__(self, said: str, patience_s: float) -> None:
        super().__init__(said)
        self.patience_s = patience_s


class Untold(Exception):
    """The arbiter cannot be told this way; the scheduler will find the push where it is kept."""


class Refused(Exception):
    """The arbiter answered that it will not take it."""


def main() -> None:
    """Reads what git gives a post-receive hook on stdin; the folder is the repository's."""
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)  # whoever pushed may be gone: the arbiter must still be told
    repository = Path.cwd()
    kept = [(keep(repository, push), push) for push in pushes(sys.stdin)]
    settings = json.loads((repository / SETTINGS).read_text())
    settings["url"] = os.environ.get("DOMINOCI_PUSH_URL") or settings["url"]
    began = time.monotonic()
    for file, push in kept:
        name = push["ref"].split("/", 2)[2]
        try:
            answer = patiently(settings, push, began)
            say(told(answer, name))
            for line in lines_of_graph(answer):
                say(line)
        except Refused as e:
            say(f"this push starts no build: {e}")
        except (Later, Untold) as e:
            say(f"the push of {name} is stored, but the arbiter could not be told ({e}).")
            say("There is nothing to do again: its scheduler finds the push, and the build follows by itself.")
            continue
        file.unlink(missing_ok=True)


def pushes(lines: Iterable[str]) -> Iterator[Push]:
    """The pushes that count: branches and tags that exist now. A deleted one starts nothing."""
    for line in lines:
        before, after, ref = line.split(None, 2)
        if ref.startswith(REPORTED) and after != NOTHING:
            yield {"ref": ref.strip(), "before": before, "after": after}


def keep(repository: Path, push: Push) -> Path:
    """Writes a push down until the arbiter knows it; the answer is the file."""
    text = json.dumps(push)
    folder = repository / UNTOLD
    folder.mkdir(exist_ok=True)
    file = folder / f"{time.time_ns()}-{hashlib.sha256(text.encode()).hexdigest()[:16]}.json"
    half = file.with_suffix(".new")
    half.write_text(text)
    return half.replace(file)


def patiently(settings: dict[str, str], push: Push, began: float) -> dict[str, object]:
    """The arbiter's answer to `push`; patience began at that monotonic time. Raises Later, Untold or Refused."""
    pause = FIRST_PAUSE_S
    while True:
        try:
            return tell(settings, push)
        except Later as e:
            if time.monotonic() + pause > began + e.patience_s:
                raise
            time.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_S)


def tell(settings: dict[str, str], push: Push) -> dict[str, object]:
    """One POST to `/hooks/push/<project>`. Raises Later, Untold or Refused."""
    address = urlsplit(settings["url"])
    kind = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
    connection = kind(address.netloc, timeout=10)
    headers = {"Authorization": f"Bearer {settings['token']}", "Content-Type": "application/json"}
    try:
        connection.request("POST", f"{address.path}/hooks/push/{settings['project']}", json.dumps(push), headers)
        answer = connection.getresponse()
        status, body = answer.status, answer.read(1 << 20)
    except (OSError, http.client.HTTPException) as e:
        raise Later(str(e) or type(e).__name__, PATIENCE_UNHEARD_S) from e
    finally:
        connection.close()
    if status == 429 or status >= 500:
        raise Later(f"it answered {status}", PATIENCE_S)
    if status in (401, 403):
        raise Untold(reading(status, body))
    if status not in (200, 201):
        raise Refused(reading(status, body))
    return {**read_json(body), "new": status == 201}


def read_json(body: bytes) -> dict[str, object]:
    """The object in `body`; an empty one when there is none."""
    try:
        value = json.loads(body)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def reading(status: int, body: bytes) -> str:
    """Why the arbiter refused, as it says itself."""
    return str(read_json(body).get("detail") or f"the arbiter answered {status}")


def told(answer: dict[str, object], name: str) -> str:
    """The line for the one who pushed."""
    build = answer.get("build")
    if not isinstance(build, dict):
        return f"{name} is recorded; it starts no build."
    project = build.get("project") or os.environ.get("DOMINOCI_PROJECT")
    project = project.get("name") if isinstance(project, dict) else project
    of = f" of {project}" if project else ""
    return f"build #{build.get('number')}{of} is {'queued' if answer['new'] else 'already there'}: {build.get('url')}"


def lines_of_graph(answer: dict[str, object]) -> list[str]:
    """What came of the repository's own dominoci.yml; an older arbiter says nothing of it."""
    lines = answer.get("graph")
    return [str(line) for line in lines] if isinstance(lines, list) else []


def say(text: str) -> None:
    """One line to whoever pushed, if they still listen; without control characters, as part of it came over the network."""
    line = "".join(c for c in text if c.isprintable())
    try:
        sys.stdout.write(f"DominoCI: {line}\n")
        sys.stdout.flush()
    except OSError:
        return


if __name__ == "__main__":
    main()
