"""Jenkins as its remote access API and the Generic Webhook Trigger plugin answer, below a context path, calling itself by another
name than it is reached by. Written from design/ci-systems.md, the plugin's GenericWebHookRequestReceiver and core's Queue."""

import json
import re
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import unquote

import httpx

from tests.fakes.misbehaving import Misbehaving
from tests.fakes.stand import Call, Reply

CONTEXT: Final = "/jenkins"
TOLD: Final = "https://jenkins.internal.example/jenkins"
USER, API_TOKEN, PASSWORD = "domino", "11f2a4-api-token", "pass word: ü"
TOKEN: Final = "a-long-random-word"
SESSION, CRUMB = "JSESSIONID.1=node01abc", "c5b3-crumb"
FROM_PAYLOAD: Final = {"DOMINO_DELIVERY_ID": "delivery_id", "DOMINO_EVENT_TOKEN": "event_token"}
COMMIT: Final = "9fceb02d0ae598e95dc970b74767f19372d61af8"
NO_JOBS: Final = "Did not find any jobs with GenericTrigger configured!"
_RANGE: Final = re.compile(r"\{(\d+),(\d+)\}$")


@dataclass
class Job:
    """One job. `token` is that of its Generic Webhook Trigger."""

    name: str
    parameters: tuple[str, ...] = ()
    token: str | None = None
    buildable: bool | None = True
    lets_through: bool = True
    silent: bool = False
    fails: bool = False

    @property
    def path(self) -> str:
        """As in addresses."""
        return "".join(f"/job/{part}" for part in self.name.split("/"))


@dataclass
class Run:
    """A queue item, and the build that it becomes."""

    item: int
    job: Job
    delivery_id: str
    values: dict[str, str] = field(default_factory=dict)
    event_token: str = ""
    result_url: str = ""
    number: int | None = None
    cancelled: bool = False
    building: bool = False
    result: str | None = None
    forgotten: bool = False
    stopped: bool = False

    @property
    def actions(self) -> list[dict[str, Any]]:
        """Its parameters, and what it checked out."""
        values = [{"name": name, "value": value} for name, value in self.values.items()]
        return [{}, {"parameters": values}, {"lastBuiltRevision": {"SHA1": COMMIT, "branch": []}}]


class JenkinsStand(Misbehaving):
    """Builds wait in the queue until a test starts them."""

    def __init__(self, *jobs: Job) -> None:
        super().__init__()
        self.jobs = {job.name: job for job in jobs}
        self.runs: dict[int, Run] = {}
        self.whitelist = True
        self.may_cancel = True
        self.knows_dry_run = True

    @property
    def root(self) -> str:
        """Where it is reached."""
        return f"{self.url}{CONTEXT}"

    def of(self, delivery_id: str) -> list[Run]:
        """What was started for a delivery."""
        return [run for run in self.runs.values() if run.delivery_id == delivery_id]

    # ---- what a test makes of a build

    def start(self, item: int) -> None:
        """It leaves the queue."""
        run = self.runs[item]
        run.number = 1 + sum(one.number is not None for one in self.runs.values() if one.job is run.job)
        run.building = True

    def finish(self, item: int, result: str) -> None:
        """It ends."""
        run = self.runs[item]
        if run.number is None:
            self.start(item)
        run.building, run.result = False, result

    def report(self, item: int, status: str) -> httpx.Response:
        """The build calls back: what `dominoReport()` does."""
        run = self.runs[item]
        told = {"status": status, "metadata": {"commit": COMMIT}, "links": {"pipeline": f"{TOLD}{run.job.path}/{run.number}/"}}
        sent = {"Authorization": f"Bearer {run.event_token}"}
        return httpx.post(run.result_url, json=told, headers=sent, timeout=10, trust_env=False)

    # ---- what it answers

    def answer(self, call: Call) -> Reply:
        """Below the context path whatever is read says that it is Jenkins."""
        if not call.path.startswith(f"{CONTEXT}/"):
            return Reply(404, {"message": "not Jenkins"})
        reply = self._reply(call, call.path.removeprefix(CONTEXT))
        if call.method == "GET":
            reply.headers["X-Jenkins"] = "2.479.3"
        return reply

    def _reply(self, call: Call, path: str) -> Reply:
        if path == "/generic-webhook-trigger/invoke":
            return self._invoke(call)
        user = _basic(call)
        if user is not None and user not in ((USER, API_TOKEN), (USER, PASSWORD)):
            return Reply(401)
        if user is None:
            return Reply(403)
        if call.method == "POST" and user[1] == PASSWORD and not _has_crumb(call):
            return Reply(403, {"message": "No valid crumb was included in the request"})
        return self._routed(call, path)

    def _routed(self, call: Call, path: str) -> Reply:
        for pattern, handler in self._routes(call.method):
            if found := re.fullmatch(pattern, path):
                return handler(call, *found.groups())
        return Reply(404)

    def _routes(self, method: str) -> list[tuple[str, Callable[..., Reply]]]:
        if method == "POST":
            return [
                (r"((?:/job/[^/]+)+)/buildWithParameters", self._build),
                (r"/queue/cancelItem", self._cancel_item),
                (r"((?:/job/[^/]+)+)/(\d+)/stop", self._stop),
            ]
        return [
            (r"/crumbIssuer/api/json", lambda _call: Reply(200, _crumb(), Set_Cookie=f"{SESSION}; Path=/; HttpOnly")),
            (r"/whoAmI/api/json", lambda _call: Reply(200, {"name": USER, "anonymous": False})),
            (r"/queue/api/json", self._queue),
            (r"/queue/item/(\d+)/api/json", self._item),
            (r"((?:/job/[^/]+)+)/(\d+)/api/json", self._build_page),
            (r"((?:/job/[^/]+)+)/api/json", self._job_page),
        ]

    def _job(self, path: str) -> Job | None:
        return next((job for job in self.jobs.values() if job.path == unquote(path)), None)

    def _schedule(self, job: Job, delivery_id: str, values: dict[str, str], callback: tuple[str, str]) -> tuple[Run, bool]:
        kept = {name: values.get(name, "") for name in job.parameters}
        for run in self.runs.values():
            if run.job is job and run.values == kept and run.number is None and not run.cancelled:
                return run, True
        new = Run(len(self.runs) + 101, job, delivery_id, kept, *callback)
        self.runs[new.item] = new
        return new, False

    def _build(self, call: Call, path: str) -> Reply:
        job = self._job(path)
        if job is None or job.buildable is None:
            return Reply(404)
        if not job.buildable:
            return Reply(409)
        if not job.parameters:
            return Reply(400)
        callback = call.form["DOMINO_EVENT_TOKEN"], call.form["DOMINO_RESULT_URL"]
        run, folded = self._schedule(job, call.form["DOMINO_DELIVERY_ID"], call.form, callback)
        return Reply(303 if folded else 201, location=f"{TOLD}/queue/item/{run.item}/")

    def _invoke(self, call: Call) -> Reply:
        if not self.whitelist:
            return Reply(403, {"jobs": None, "message": "Sender, 127.0.0.1, with headers {…} did not pass whitelist."})
        found = [job for job in self.jobs.values() if job.token and job.token == call.headers.get("token")]
        if not found:
            return Reply(404, {"jobs": None, "message": NO_JOBS})
        if any(job.fails for job in found):
            errors = {found[0].name: "Exception occurred (class java.lang.NullPointerException: null)"}
            return Reply(500, {"jobs": errors, "message": "There were errors when triggering jobs."})
        dry = call.headers.get("gwt-dry-run") == "true" and self.knows_dry_run
        told = {job.name: self._triggered(job, json.loads(call.body), dry=dry) for job in found}
        if all(job.silent for job in found):
            empty = Reply(200)
            empty.body = b""
            return empty
        return Reply(200, {"jobs": told, "message": "Triggered jobs."})

    def _triggered(self, job: Job, payload: dict[str, Any], *, dry: bool) -> dict[str, Any]:
        rest = {"regexpFilterExpression": "", "regexpFilterText": "", "resolvedVariables": {}}
        if dry or not job.lets_through:
            return {**rest, "id": 0, "triggered": False, "url": ""}
        values = {name: str(payload.get(key, "")) for name, key in FROM_PAYLOAD.items()}
        callback = values["DOMINO_EVENT_TOKEN"], payload.get("callback", {}).get("result", "")
        run, _ = self._schedule(job, values["DOMINO_DELIVERY_ID"], values, callback)
        return {**rest, "id": run.item, "triggered": True, "url": f"queue/item/{run.item}/"}

    def _queue(self, _call: Call) -> Reply:
        waiting = [run for run in self.runs.values() if run.number is None and not run.cancelled]
        return Reply(200, {"items": [{"id": run.item, "actions": run.actions} for run in waiting]})

    def _item(self, _call: Call, item: str) -> Reply:
        run = self.runs.get(int(item))
        if run is None or run.forgotten:
            return Reply(404)
        shown: dict[str, Any] = {"id": run.item, "cancelled": run.cancelled}
        if run.number is not None:
            shown["executable"] = {"number": run.number, "url": f"{TOLD}{run.job.path}/{run.number}/"}
        return Reply(200, shown)

    def _build_page(self, _call: Call, path: str, number: str) -> Reply:
        run = self._built(path, number)
        return Reply(200, _shown(run)) if run else Reply(404)

    def _job_page(self, call: Call, path: str) -> Reply:
        job = self._job(path)
        if job is None:
            return Reply(404)
        asked = _RANGE.search(call.query.get("tree", ""))
        begin, end = (int(asked[1]), int(asked[2])) if asked else (0, 0)
        built = sorted((run for run in self.runs.values() if run.job is job and run.number), key=lambda run: -(run.number or 0))
        shown = {"fullName": job.name, "builds": [_shown(run) for run in built[begin:end]]}
        declared = [{"name": name, "type": "StringParameterDefinition"} for name in job.parameters]
        buildable = {} if job.buildable is None else {"buildable": job.buildable}
        return Reply(200, {**shown, **buildable, "property": [{}, {"parameterDefinitions": declared}]})

    def _cancel_item(self, call: Call) -> Reply:
        run = self.runs.get(int(call.query["id"]))
        if run is None or run.number is not None:
            return Reply(404)
        if not self.may_cancel:
            return Reply(422)
        run.cancelled = run.stopped = True
        return Reply(204)

    def _stop(self, _call: Call, path: str, number: str) -> Reply:
        run = self._built(path, number)
        if run is None:
            return Reply(404)
        if run.building:
            run.stopped, run.building, run.result = True, False, "ABORTED"
        return Reply(302, location=f"{TOLD}{run.job.path}/{number}/")

    def _built(self, path: str, number: str) -> Run | None:
        job = self._job(path)
        return next((run for run in self.runs.values() if run.job is job and run.number == int(number)), None)


def _shown(run: Run) -> dict[str, Any]:
    rest = {"queueId": run.item, "building": run.building, "result": run.result, "actions": run.actions}
    return {"number": run.number, "url": f"{TOLD}{run.job.path}/{run.number}/", **rest}


def _crumb() -> dict[str, str]:
    return {"crumb": CRUMB, "crumbRequestField": "Jenkins-Crumb"}


def _has_crumb(call: Call) -> bool:
    return call.headers.get("jenkins-crumb") == CRUMB and call.headers.get("cookie") == SESSION


def _basic(call: Call) -> tuple[str, str] | None:
    kind, _, text = call.headers.get("authorization", "").partition(" ")
    if kind != "Basic":
        return None
    user, _, password = b64decode(text).decode().partition(":")
    return user, password
