"""GitHub's REST API for one repository with workflows, as github.com answers, or an older Enterprise Server: written from
ci-systems.md, docs.github.com and what GitHub was seen to answer in public issues. Runs stand still until they are moved."""

import hashlib
import hmac
import json
import re
from base64 import urlsafe_b64decode
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote
from uuid import uuid4

from joserfc import jwt
from joserfc.jwk import RSAKey

from tests.fakes.misbehaving import Misbehaving
from tests.fakes.stand import Call, Reply

REPOSITORY: Final = "octo-org/app"
TOKEN: Final = "github_pat_stand-in-11AA"
APP_ID: Final = "12345"
INSTALLATION: Final = 987
SHA: Final = "9fceb02d0ae598e95dc970b74767f19372d61af8"
NOT_FOUND: Final = {"message": "Not Found", "documentation_url": "https://docs.github.com/rest", "status": "404"}
MOST: Final = 65_535
FILE: Final = Path(__file__).parents[2] / "integrations/github/example-workflow.yml"


@dataclass
class Workflow:
    """A workflow's file: what it declares on every ref, and how it names its runs (`{0}` is the JSON of the input `domino`)."""

    inputs: tuple[str, ...] = ("domino", "CHANNEL")
    required: tuple[str, ...] = ()
    dispatched: bool = True
    state: str = "active"
    title: str = "[domino:{tree_id}/{sub_id}/{attempt}] app"
    text: str = field(default_factory=lambda: FILE.read_text("utf-8"))


@dataclass
class Hook:
    """A webhook as GitHub would send it."""

    headers: dict[str, str]
    body: bytes


class GitHubApi(Misbehaving):
    """`tells_runs`: a dispatch answers with the run's id; without it that key is refused, as older servers do."""

    def __init__(self, *, tells_runs: bool = True, public_key: str | None = None) -> None:
        super().__init__()
        self.tells_runs, self.public_key = tells_runs, public_key
        self.repository = REPOSITORY
        self.refs = {"main", "v1.0"}
        self.workflows = {"ci.yml": Workflow()}
        self.event_types = {"domino": "ci.yml"}
        self.runs: list[dict[str, Any]] = []
        self.statuses: list[dict[str, Any]] = []
        self.may_not: set[str] = set()
        self.clock: Callable[[], datetime] = lambda: datetime.now(UTC)
        self.limit: Reply | None = None
        self.tokens: dict[str, datetime] = {}
        self.archived = False
        self.any_commit = False
        self.hooks: list[dict[str, Any]] = []
        self.deliveries: list[dict[str, Any]] = []

    @property
    def api(self) -> str:
        """As an Enterprise Server has it."""
        return f"{self.url}/api/v3"

    # ---- what happens over there

    def start(self, number: int) -> None:
        """A runner took it."""
        self._run(number).update(status="in_progress")

    def finish(self, number: int, conclusion: str) -> None:
        """It ended, or (a word that is no conclusion) stands in this status."""
        waits = conclusion in ("queued", "waiting", "pending", "requested")
        self._run(number).update(status=conclusion if waits else "completed", conclusion=None if waits else conclusion)

    def purge(self, number: int) -> None:
        """Somebody deleted it, or it grew too old."""
        self.runs = [run for run in self.runs if run["id"] != number]

    def told(self, number: int) -> dict[str, Any]:
        """What the run was started with: its workflow would call back with the event token that is in it."""
        given: dict[str, Any] = json.loads(self._run(number)["inputs"].get("domino", "{}"))
        return given

    def hook(self, number: int, action: str, secret: str) -> Hook:
        """What GitHub sends of a run."""
        run = {name: value for name, value in self._run(number).items() if name != "inputs"}
        return signed("workflow_run", {"action": action, "workflow_run": run, "repository": self._shown()}, secret, str(uuid4()))

    # ---- answers

    def answer(self, call: Call) -> Reply:
        """By path, for whoever signed in."""
        path = unquote(call.path).removeprefix("/api/v3")
        if not call.path.startswith("/api/v3"):
            return self._page()
        if self.limit and path != "/rate_limit":
            return self.limit
        if path.startswith("/app/") or path == f"/repos/{self.repository}/installation":
            return self._app(call, path)
        return self._signed_in(call, path) if self._knows(call.bearer) else _unknown("Bad credentials")

    def _signed_in(self, call: Call, path: str) -> Reply:
        if path == "/rate_limit":
            return Reply(200, {"rate": {}}, X_RateLimit_Remaining="4990", GitHub_Authentication_Token_Expiration="2027-01-01")
        if path == "/repositories/4711":
            return Reply(200, self._shown())
        _, _, owner, name, *more = f"{path}///".split("/")
        rest = "/".join(more).strip("/")
        if f"{owner}/{name}" == "octo-org/old-name":
            now = f"{self.api}/repositories/4711/{rest}"
            return Reply(307 if call.method == "POST" else 301, {"message": "Moved Permanently", "url": now}, location=now)
        return self._in_repository(call, rest) if f"{owner}/{name}".lower() == self.repository else Reply(404, NOT_FOUND)

    def _page(self) -> Reply:
        reply = Reply(200, {})
        reply.headers["Content-Type"], reply.body = "text/html", b"<html>Sign in</html>"
        return reply

    def _in_repository(self, call: Call, rest: str) -> Reply:
        if not rest:
            return Reply(200, self._shown())
        permission = _permission(call.method, rest)
        if permission in self.may_not:
            refused = {"message": "Resource not accessible by personal access token", "status": "403"}
            return Reply(403, refused, X_Accepted_GitHub_Permissions=permission)
        for pattern, act in self._routes():
            found = re.fullmatch(pattern, f"{call.method} {rest}")
            if found:
                return act(call, *found.groups())
        return Reply(404, NOT_FOUND)

    def _routes(self) -> list[tuple[str, Callable[..., Reply]]]:
        return [
            (r"POST actions/workflows/([^/]+)/dispatches", self._dispatch),
            (r"POST dispatches", self._repository_dispatch),
            (r"GET actions/workflows/([^/]+)/runs", self._list),
            (r"GET actions/workflows/([^/]+)", self._workflow),
            (r"GET actions/runs", self._list),
            (r"GET actions/runs/(\d+)", self._show),
            (r"POST actions/runs/(\d+)/cancel", self._cancel),
            (r"POST statuses/(\w+)", self._status),
            (r"GET contents/(.+)", self._contents),
            (r"GET hooks", lambda _call: Reply(200, self.hooks)),
            (r"POST hooks", self._make_hook),
            (r"PATCH hooks/(\d+)", self._change_hook),
            (r"GET hooks/\d+/deliveries", self._list_deliveries),
            (r"GET hooks/\d+/deliveries/(\d+)", self._show_delivery),
        ]

    def _dispatch(self, call: Call, workflow: str) -> Reply:
        asked, known = json.loads(call.body), self.workflows.get(workflow)
        if known is None:
            return Reply(404, NOT_FOUND)
        if not self.tells_runs and "return_run_details" in asked:
            return _unfit('Invalid request.\n\n"return_run_details" is not a permitted key.')
        problem = self._problem(known, asked["ref"], asked.get("inputs", {}))
        if problem:
            return _unfit(problem)
        run = self._begin("workflow_dispatch", workflow, asked["ref"], asked.get("inputs", {}))
        if not asked.get("return_run_details"):
            return Reply(204)
        return Reply(200, {"workflow_run_id": run["id"], "run_url": run["url"], "html_url": run["html_url"]})

    def _problem(self, known: Workflow, ref: str, inputs: dict[str, str]) -> str | None:
        if ref.removeprefix("refs/tags/").removeprefix("refs/heads/") not in self.refs:
            return f"No ref found for: {ref}"
        if not known.dispatched:
            return "Workflow does not have 'workflow_dispatch' trigger"
        if known.state != "active":
            return "Cannot trigger a 'workflow_dispatch' on a disabled workflow"
        if alien := [name for name in inputs if name not in known.inputs]:
            return f"Unexpected inputs provided: {json.dumps(alien)}"
        if missing := [name for name in known.required if name not in inputs]:
            return f"Required input '{missing[0]}' not provided"
        return "inputs are too large." if len(json.dumps(inputs, separators=(",", ":"), ensure_ascii=False)) > MOST else None

    def _repository_dispatch(self, call: Call) -> Reply:
        asked = json.loads(call.body)
        payload = asked.get("client_payload", {})
        if len(payload) > 10:
            return _unfit("Invalid request.\n\nNo more than 10 properties are allowed; 11 were supplied.")
        if len(json.dumps(payload, separators=(",", ":"))) > MOST:
            return _unfit("client_payload is too large.")
        if asked["event_type"] in self.event_types:
            inputs = {"domino": json.dumps(payload.get("domino", {}))}
            self._begin("repository_dispatch", self.event_types[asked["event_type"]], "main", inputs)
        return Reply(204)

    def _begin(self, event: str, workflow: str, ref: str, inputs: dict[str, str]) -> dict[str, Any]:
        number = 30_433_642 + len(self.runs)
        told = json.loads(inputs.get("domino", "{}"))
        title = self.workflows[workflow].title.format_map(told) if told else workflow
        run = {
            "id": number,
            "name": "CI",
            "display_title": title,
            "event": event,
            "path": f".github/workflows/{workflow}",
            "status": "queued",
            "conclusion": None,
            "head_branch": ref.removeprefix("refs/tags/"),
            "head_sha": SHA,
            "run_attempt": 1,
            "created_at": f"{self.clock():%Y-%m-%dT%H:%M:%SZ}",
            "url": f"{self.api}/repos/{self.repository}/actions/runs/{number}",
            "html_url": f"{self.url}/{self.repository}/actions/runs/{number}",
            "repository": self._shown(),
            "inputs": inputs,
        }
        self.runs.append(run)
        return run

    def _list(self, call: Call, workflow: str | None = None) -> Reply:
        if workflow is not None and workflow not in self.workflows:
            return Reply(404, NOT_FOUND)
        since = call.query.get("created", ">=").removeprefix(">=")
        found = [
            run
            for run in reversed(self.runs)
            if run["event"] == call.query["event"]
            and run["created_at"] >= since
            and (workflow is None or run["path"].endswith(f"/{workflow}"))
        ]
        size, page = int(call.query.get("per_page", 30)), int(call.query.get("page", 1))
        return Reply(200, {"total_count": len(found), "workflow_runs": found[(page - 1) * size : page * size]})

    def _show(self, _call: Call, number: str) -> Reply:
        found = [run for run in self.runs if run["id"] == int(number)]
        return Reply(200, found[0]) if found else Reply(404, NOT_FOUND)

    def _cancel(self, _call: Call, number: str) -> Reply:
        found = [run for run in self.runs if run["id"] == int(number)]
        if not found:
            return Reply(404, NOT_FOUND)
        if found[0]["status"] == "completed":
            return Reply(409, {"message": "Cannot cancel a workflow run that is completed.", "status": "409"})
        found[0].update(status="completed", conclusion="cancelled")
        return Reply(202, {})

    def _workflow(self, _call: Call, workflow: str) -> Reply:
        known = self.workflows.get(workflow)
        shown = known and {"id": 161335, "name": "CI", "path": f".github/workflows/{workflow}", "state": known.state}
        return Reply(200, shown) if shown else Reply(404, NOT_FOUND)

    def _contents(self, _call: Call, path: str) -> Reply:
        reply = Reply(200, {})
        reply.body = self.workflows[path.rpartition("/")[2]].text.encode()
        return reply

    def _status(self, call: Call, sha: str) -> Reply:
        asked = json.loads(call.body)
        if len(asked.get("description") or "") > 140:
            return _unfit("Validation Failed")
        if sha != SHA and not self.any_commit:
            return _unfit(f"No commit found for SHA: {sha}")
        self.statuses.append(asked)
        return Reply(201, {"id": len(self.statuses), **asked})

    # ---- webhooks

    def _make_hook(self, call: Call) -> Reply:
        asked = json.loads(call.body)
        if any(hook["config"]["url"] == asked["config"]["url"] for hook in self.hooks):
            return _unfit("Validation Failed: Hook already exists on this repository")
        self.hooks.append({"id": 12_345_678 + len(self.hooks), "type": "Repository", **asked})
        return Reply(201, self.hooks[-1])

    def _change_hook(self, call: Call, number: str) -> Reply:
        hook = next(hook for hook in self.hooks if hook["id"] == int(number))
        hook.update(json.loads(call.body))
        return Reply(200, hook)

    def sent(self, event: str, body: Any, *, guid: str, at: datetime, status: int = 502) -> None:
        """A webhook was sent, which the receiver answered so: GitHub lists it, and tries no more."""
        listed = {"id": 1 + len(self.deliveries), "guid": guid, "event": event, "action": body.get("action")}
        listed |= {"delivered_at": f"{at:%Y-%m-%dT%H:%M:%SZ}", "redelivery": False, "status_code": status, "duration": 0.27}
        self.deliveries.append({**listed, "request": {"headers": {"X-GitHub-Event": event}, "payload": body}})

    def _list_deliveries(self, call: Call) -> Reply:
        shown = [{name: value for name, value in one.items() if name != "request"} for one in self.deliveries]
        first, most = int(call.query.get("cursor", "v1_0")[3:]), int(call.query.get("per_page", "30"))
        more = f'<{self.api}/x?per_page={most}&cursor=v1_{first + most}>; rel="next"' if len(shown) > first + most else ""
        return Reply(200, list(reversed(shown))[first : first + most], Link=more)

    def _show_delivery(self, _call: Call, number: str) -> Reply:
        found = [one for one in self.deliveries if one["id"] == int(number)]
        return Reply(200, found[0]) if found else Reply(404, NOT_FOUND)

    # ---- who asks

    def _knows(self, token: str) -> bool:
        return token == TOKEN or self.tokens.get(token, self.clock()) > self.clock()

    def _app(self, call: Call, path: str) -> Reply:
        if not self._is_app(call.bearer):
            return _unknown("A JSON web token could not be decoded")
        known = (f"/repos/{self.repository}/installation", f"/app/installations/{INSTALLATION}/access_tokens")
        if path not in known:
            return Reply(404, NOT_FOUND)
        if call.method == "GET":
            return Reply(200, {"id": INSTALLATION, "account": {"login": "octo-org"}})
        if json.loads(call.body).get("repositories") != [self.repository.partition("/")[2]]:
            return _unfit("There is at least one repository that does not exist or is not accessible to the parent installation.")
        token, end = f"ghs_stand-in-{len(self.tokens)}", self.clock() + timedelta(hours=1)
        self.tokens[token] = end
        return Reply(201, {"token": token, "expires_at": f"{end:%Y-%m-%dT%H:%M:%SZ}", "repository_selection": "selected"})

    def _is_app(self, token: str) -> bool:
        """RS256 by the App's key, from at most a minute ahead to at most ten minutes from now."""
        try:
            header = json.loads(urlsafe_b64decode(token.partition(".")[0] + "=="))
            claims = jwt.decode(token, RSAKey.import_key(str(self.public_key)), algorithms=["RS256"]).claims
        except ValueError:
            return False
        now = self.clock().timestamp()
        in_time = claims["iat"] <= now + 60 and now < claims["exp"] <= now + 600
        return bool(header["alg"] == "RS256" and claims["iss"] == APP_ID and in_time)

    def _run(self, number: int) -> dict[str, Any]:
        return next(run for run in self.runs if run["id"] == number)

    def _shown(self) -> dict[str, Any]:
        page = f"{self.url}/{self.repository}"
        return {"id": 4711, "full_name": self.repository, "html_url": page, "default_branch": "main", "archived": self.archived}


def signed(event: str, body: Any, secret: str, delivery_id: str = "72d3162e-cc78-11e3-81ab-4c9367dc0958") -> Hook:
    """A webhook with this body, as GitHub signs it."""
    raw = json.dumps(body).encode()
    headers = {
        "content-type": "application/json",
        "user-agent": "GitHub-Hookshot/044aadd",
        "x-github-event": event,
        "x-github-delivery": delivery_id,
        "x-hub-signature": "sha1=" + hmac.new(secret.encode(), raw, hashlib.sha1).hexdigest(),
        "x-hub-signature-256": "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest(),
    }
    return Hook(headers, raw)


def _unknown(message: str) -> Reply:
    return Reply(401, {"message": message, "documentation_url": "https://docs.github.com/rest", "status": "401"})


def _unfit(message: str) -> Reply:
    return Reply(422, {"message": message, "documentation_url": "https://docs.github.com/rest", "status": "422"})


def _permission(method: str, rest: str) -> str:
    kinds = {"hooks": "repository_hooks", "statuses": "statuses", "actions": "actions"}
    kind = kinds.get(rest.partition("/")[0].partition("?")[0], "contents")
    return f"{kind}={'read' if method == 'GET' else 'write'}"
