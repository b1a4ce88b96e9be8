"""A small arbiter for the agent's tests: real HTTP on a free port, real git repositories, everything in memory.

It speaks the agent's wire and nothing else; it is one `WireBed`, the real arbiter is the other.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import re
import secrets
import select
import socket
import subprocess
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from tests.fakes.calls import Answer, Call, Fault
from tests.fakes.wire_bed import GIT_ENVIRONMENT, Json, git

__all__ = ["Answer", "Call", "FakeArbiter", "git"]


@dataclass
class FakeBuild:
    """One build: the claim that is given out, and what was reported."""

    id: str
    claim: Json
    state: str = "queued"
    cancel: bool = False
    told: Json = field(default_factory=dict)
    steps: dict[int, Json] = field(default_factory=dict)
    logs: dict[int, bytearray] = field(default_factory=dict)
    artifacts: dict[str, bytes] = field(default_factory=dict)
    result: Json | None = None
    heartbeats: int = 0
    released: list[str] = field(default_factory=list)
    needs: list[str] = field(default_factory=list)


class FakeArbiter:
    """Start it with `with FakeArbiter(folder) as arbiter`. `faults` are asked before every call."""

    def __init__(self, folder: Path, lease_s: float = 20) -> None:
        self.folder, self.lease_s = folder, lease_s
        self.repository = folder / "git" / "p1.git"
        self.sent = folder / "sent"  # every pack that the git server sent
        self.builds: dict[str, FakeBuild] = {}
        self.enrolments: set[str] = set()
        self.agents: dict[str, Json] = {}
        self.caches: dict[str, bytes] = {}  # of the one project, the newest last
        self.calls: list[tuple[str, str]] = []
        self.faults: list[Fault] = []
        self.changed = threading.Condition()
        self._make_repository()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"arbiter": self}))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> FakeArbiter:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    # ---- handles of the tests

    def _make_repository(self) -> None:
        self.sent.mkdir(parents=True)
        self.repository.mkdir(parents=True)
        git(self.repository, "init", "--quiet", "--bare", "--initial-branch=main")
        git(self.repository, "config", "uploadpack.allowFilter", "true")
        git(self.repository, "config", "http.receivepack", "true")
        hook = self.folder / "keep-pack"
        hook.write_text(f'#!/bin/sh\n"$@" | tee "{self.sent}/$$.pack"\n')
        hook.chmod(0o755)

    def enrolment(self) -> str:
        token = f"dca_enrol_{secrets.token_hex(8)}"
        self.enrolments.add(token)
        return token

    def push(self, files: Mapping[str, str], branch: str = "main", message: str = "Change things") -> str:
        work = self.folder / "author"
        if not work.exists():
            git(self.folder, "clone", "--quiet", str(self.repository), str(work))
        git(work, "checkout", "--quiet", "-B", branch)
        for name, content in files.items():
            (work / name).parent.mkdir(parents=True, exist_ok=True)
            (work / name).write_text(content)
        git(work, "add", "--all")
        git(work, "commit", "--quiet", "--allow-empty", "-m", message)
        git(work, "push", "--quiet", "--force", "origin", branch)
        return git(work, "rev-parse", "HEAD")

    def queue(self, **claim: Any) -> str:
        with self.changed:
            number = len(self.builds) + 1
            build_id, token = f"b{number}", f"dcb_{secrets.token_hex(12)}"
            body = {
                "id": build_id, "number": number, "token": token, "lease_s": self.lease_s,
                "project": {"id": "p1", "name": "core"}, "repository": {"url": "/git/p1.git", "password": token},
                "ref": "main", "branch": "main", "tag": None, "commit": None, "base_commit": None, "pipelines": None,
                "variables": {}, "secrets": {}, "inputs": [], "timeout_s": 3600, "url": f"{self.url}/builds/{build_id}",
            }  # fmt: skip
            build_id = str(claim.get("id", build_id))
            self.builds[build_id] = FakeBuild(build_id, {**body, **claim})
            self.changed.notify_all()
        return build_id

    def cancel(self, build: str) -> None:
        self.builds[build].cancel = True

    def lapse(self, build: str) -> None:
        self.builds[build].claim["token"] = "dcb_nobody"

    def build(self, build: str) -> Json:
        found = self.builds[build]
        with self.changed:
            result = found.result or {}
            return {
                "state": found.state,
                "reason": result.get("reason"),
                **{key: found.told.get(key) for key in ("ref", "commit", "message", "pipelines")},
                "steps": [found.steps[n] for n in sorted(found.steps)],
                "artifacts": [{"name": name, "size": len(data)} for name, data in sorted(found.artifacts.items())],
            }

    def log(self, build: str, step: int) -> bytes:
        return bytes(self.builds[build].logs.get(step, b""))

    def artifact(self, build: str, name: str) -> bytes:
        return self.builds[build].artifacts[name]

    def finished(self, build: str, within_s: float = 20) -> Json:
        """Wait for the end of a build; what `build()` says then."""
        self.wait_for(lambda: self.builds[build].result is not None, within_s)
        return self.build(build)

    def wait_for(self, state: Callable[[], object], within_s: float = 20) -> None:
        """Wait until something reported makes `state()` true."""
        with self.changed:
            if not self.changed.wait_for(state, within_s):
                raise AssertionError(f"not within {within_s} s; so far: {self.calls[-20:]}")

    def sent_objects(self) -> set[str]:
        """The ids of all objects that the git server sent so far."""
        found: set[str] = set()
        for pack in self.sent.glob("*.pack"):
            if pack.stat().st_size <= 32:
                continue  # nothing but a header: git asked for what it had
            # --fix-thin: an incremental pack refers to objects that the receiver has
            index = git(self.repository, "index-pack", "--stdin", "--fix-thin", data=pack.read_bytes()).split()[-1]
            listing = git(self.repository, "verify-pack", "-v", f"objects/pack/pack-{index}.idx")
            found |= set(re.findall(r"^([0-9a-f]{40}) (?:commit|tree|blob|tag)", listing, re.MULTILINE))
        return found

    # ---- the wire

    def answer(self, call: Call) -> Answer:
        """What the wire says to one call."""
        with self.changed:
            self.calls.append((call.method, call.path))
        bearer = call.headers.get("Authorization", "").removeprefix("Bearer ")
        if call.path == "/api/v1/agents/register":
            return self._register(bearer, call.json)
        if call.path == "/api/v1/agents/claim":
            return self._claim(bearer, float(call.query.get("wait", ["0"])[0]), call)
        found = re.fullmatch(r"/api/v1/builds/([^/]+)/(.+)", call.path)
        build = self.builds.get(found[1]) if found else None
        if found is None or build is None:
            return Answer(404, {"title": "Not Found"})
        if bearer != build.claim["token"]:
            return Answer(401, {"title": "Unauthorized"})
        with self.changed:
            if build.state != "running" and not (found[2] == "result" and build.result is not None):
                return Answer(409, {"title": "The lease is lost"})
            answer = self._about(build, call, found[2])
            self.changed.notify_all()
        return answer

    def _register(self, token: str, body: Json) -> Answer:
        if token not in self.enrolments:
            return Answer(401, {"title": "Unauthorized", "detail": "This enrolment token is not known."})
        self.enrolments.discard(token)
        agent = f"dca_{secrets.token_hex(8)}"
        self.agents[agent] = body
        return Answer(201, {"id": f"a{len(self.agents)}", "token": agent})

    def _claim(self, token: str, wait_s: float, call: Call) -> Answer:
        if token not in self.agents:
            return Answer(401, {"title": "Unauthorized"})
        with self.changed:
            self.changed.wait_for(self._waiting, wait_s)
            build = None if call.gone() else self._waiting()
            if build is None:
                return Answer(204)
            build.state = "running"
            return Answer(200, build.claim)

    def _waiting(self) -> FakeBuild | None:
        return next((build for build in self.builds.values() if build.state == "queued"), None)

    def _about(self, build: FakeBuild, call: Call, what: str) -> Answer:
        log, artifact = re.fullmatch(r"steps/(\d+)/log", what), re.fullmatch(r"artifacts/(.+)", what)
        if what.startswith("cache/"):
            return self._cache(what.removeprefix("cache/"), call)
        if log:
            return self._log(build, int(log[1]), int(call.query["offset"][0]), call.body)
        if artifact:
            return self._artifact(build, artifact[1], call)
        known = {"heartbeat": self._heartbeat, "state": self._state, "result": self._result, "release": self._release}
        return known[what](build, call.json) if what in known else Answer(404, {"title": "Not Found"})

    def _heartbeat(self, build: FakeBuild, _body: Json) -> Answer:
        build.heartbeats += 1
        return Answer(200, {"cancel": build.cancel, "lease_s": self.lease_s})

    def _release(self, build: FakeBuild, body: Json) -> Answer:
        build.released.append(body["reason"])
        build.needs = list(body.get("needs", []))
        # the next agent gets it with a token of its own
        token = f"dcb_{secrets.token_hex(12)}"
        build.claim |= {"token": token, "repository": {**build.claim["repository"], "password": token}}
        build.state = "queued"
        return Answer(204)

    def _state(self, build: FakeBuild, body: Json) -> Answer:
        unknown = set(body) - {"ref", "commit", "message", "pipelines", "steps"}
        if unknown:
            return Answer(422, {"detail": f"unknown fields {unknown}"})
        steps = body.pop("steps", [])
        build.told |= body
        build.steps.update((step["n"], step) for step in steps)
        return Answer(200, {"cancel": build.cancel})

    def _result(self, build: FakeBuild, body: Json) -> Answer:
        unknown = set(body) - {"status", "reason", "metadata", "steps"}
        if unknown:
            return Answer(422, {"detail": f"unknown fields {unknown}"})
        if build.result is not None:
            return Answer(200, {}) if build.result == body else Answer(409, {"title": "There is another result"})
        build.steps.update((step["n"], step) for step in body.get("steps", []))
        build.result, build.state = body, body["status"].lower()
        return Answer(201, {"tree_id": None})

    def _log(self, build: FakeBuild, step: int, offset: int, data: bytes) -> Answer:
        if step not in build.steps:
            return Answer(404, {"detail": "no such step yet"})
        stored = build.logs.setdefault(step, bytearray())
        if offset != len(stored):
            return Answer(409, {"title": "Conflict", "expected_offset": len(stored)})
        stored += data
        return Answer(200, {"size": len(stored)})

    def _artifact(self, build: FakeBuild, name: str, call: Call) -> Answer:
        if call.method == "GET":
            data = build.artifacts.get(name)
            return Answer(404, {}) if data is None else Answer(200, data)
        digest = base64.b64encode(hashlib.sha256(call.body).digest()).decode()
        if call.headers.get("Digest") != f"sha-256={digest}":
            return Answer(422, {"detail": "the content does not fit its digest"})
        if build.artifacts.setdefault(name, call.body) != call.body:
            return Answer(409, {"detail": "there is another artifact of this name"})
        return Answer(201, {})

    def _cache(self, key: str, call: Call) -> Answer:
        digest = "sha-256=" + base64.b64encode(hashlib.sha256(call.body).digest()).decode()
        if call.method == "PUT":
            if call.headers.get("Digest") != digest:
                return Answer(422, {"detail": "the content does not fit its digest"})
            self.caches.pop(key, None)
            self.caches[key] = call.body
            return Answer(201, {})
        prefix = call.query["prefix"][0]
        newest = [name for name in self.caches if name.startswith(prefix)][-1:]
        found = key if key in self.caches else newest[0] if newest else None
        if found is None:
            return Answer(404, {"detail": "There is no such cache."})
        kept = self.caches[found]
        shown = "sha-256=" + base64.b64encode(hashlib.sha256(kept).digest()).decode()
        return Answer(200, kept, {"Cache-Key": found, "Digest": shown})

    def serve_git(self, call: Call) -> Answer:
        """Hand a request to `git http-backend`. A build's token is the password."""
        passwords = {build.claim["repository"]["password"] for build in self.builds.values()}
        given = base64.b64decode(call.headers.get("Authorization", "").removeprefix("Basic ") or b"").decode()
        with self.changed:
            self.calls.append((call.method, call.path))
        if given.partition(":")[2] not in passwords:
            return Answer(401, headers={"WWW-Authenticate": 'Basic realm="git"'})
        environment = {
            **GIT_ENVIRONMENT,
            "GIT_PROJECT_ROOT": str(self.folder / "git"), "GIT_HTTP_EXPORT_ALL": "1", "PATH_INFO": call.path[len("/git") :],
            "REQUEST_METHOD": call.method, "QUERY_STRING": "&".join(f"{k}={v[0]}" for k, v in call.query.items()),
            "CONTENT_TYPE": call.headers.get("Content-Type", ""), "CONTENT_LENGTH": str(len(call.body)),
            "HTTP_CONTENT_ENCODING": call.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": call.headers.get("Git-Protocol", ""),
            "GIT_CONFIG_COUNT": "2", "GIT_CONFIG_KEY_1": "uploadpack.packObjectsHook",
            "GIT_CONFIG_VALUE_1": str(self.folder / "keep-pack"),
        }  # fmt: skip
        done = subprocess.run(
            ["git", "http-backend"],
            env=environment,
            input=call.body,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            check=False,
        )
        head, _, body = done.stdout.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n") if ": " in line)
        return Answer(int(headers.pop("Status", "200").split()[0]), body, headers)


class _Handler(BaseHTTPRequestHandler):
    """Reads a request, asks the faults, answers."""

    arbiter: ClassVar[FakeArbiter]
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # one packet an answer
    disable_nagle_algorithm = True

    def log_message(self, *_: object) -> None:
        return

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = b""
        while size := int(self.rfile.readline().strip() or b"0", 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def _gone(self) -> bool:
        readable, _, _ = select.select([self.connection], [], [], 0)
        return bool(readable) and not self.connection.recv(1, socket.MSG_PEEK)

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        call = Call(self.command, parts.path, parse_qs(parts.query), dict(self.headers.items()), self._body(), self._gone)
        fault = next((said for ask in list(self.arbiter.faults) if (said := ask(call)) is not None), None)
        if isinstance(fault, Answer):
            self._send(fault)
            return
        answer = self.arbiter.serve_git(call) if parts.path.startswith("/git/") else self.arbiter.answer(call)
        if fault == "drop":
            self.close_connection = True
        else:
            self._send(answer)

    def handle(self) -> None:
        # a client that was killed is no error of the server
        with contextlib.suppress(ConnectionError):
            super().handle()

    def _send(self, answer: Answer) -> None:
        body = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
        body = b"" if answer.status == 204 or answer.body is None else body
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    do_GET = do_POST = do_PUT = _serve  # noqa: N815 - the names that the library asks for
