"""As much of GitLab's REST API as starting, following and cancelling pipelines takes, with its webhook, under a path as some
servers have it. What it says is spelt as in GitLab's sources; pipelines stand still until a test moves them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import unquote
from uuid import uuid4

import httpx

from tests.fakes.misbehaving import Misbehaving
from tests.fakes.stand import Call, Reply

ENDED: Final = ("success", "failed", "canceled", "skipped")
NO_JOBS: Final = (
    "Pipeline will not run for the selected trigger. The rules configuration prevented any jobs from being added to the pipeline."
)
Json = dict[str, Any]


@dataclass
class Made:
    """A pipeline. Variables are kept as they came, those of type file too."""

    id: int
    project: "Hosted"
    ref: str
    source: str
    variables: dict[str, str]
    status: str = "created"
    stopped: bool = False
    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def seen(self, **more: Any) -> Json:
        """As the API shows it."""
        url = f"{self.project.web_url}/-/pipelines/{self.id}"
        told = {"id": self.id, "iid": 1, "project_id": self.project.id, "sha": "9fceb02d0ae598e95dc970b74767f19372d61af8"}
        return {**told, "ref": self.ref, "status": self.status, "source": self.source, "created_at": self.at.isoformat(),
                "web_url": url, "tag": self.ref.startswith("v"), **more}  # fmt: skip


@dataclass
class Hosted:
    """A project: its branches and tags, its trigger token, and what its settings refuse (a message of GitLab's)."""

    id: int
    path: str
    web_url: str
    trigger_token: str = "glptt-right"
    refs: tuple[str, ...] = ("main", "v1.0")
    no_variables: bool = False
    refuses: str | None = None
    archived: bool = False
    hooks: list[Json] = field(default_factory=list)


class GitLabApi(Misbehaving):
    """One server with the project `team/search`, called 42; `tokens` are API tokens with their scopes."""

    def __init__(self) -> None:
        super().__init__()
        self.base = f"{self.url}/gitlab"
        self.projects = [Hosted(42, "team/search", f"{self.base}/team/search"), Hosted(43, "team/other", "", "glptt-other")]
        self.tokens: dict[str, list[str]] = {"glpat-right": ["api"]}
        self.reads_variables = True
        self.yaml_errors: str | None = None
        self.made: list[Made] = []
        self.statuses: dict[str, Json] = {}

    @property
    def project(self) -> Hosted:
        """The one that is used."""
        return self.projects[0]

    def pipelines(self, delivery_id: str) -> list[Made]:
        """Those that carry this delivery's id."""
        return [one for one in self.made if one.variables.get("DOMINO_DELIVERY_ID") == delivery_id]

    def of(self, pipeline_id: str | int) -> Made:
        """The pipeline of an id."""
        return next(one for one in self.made if one.id == int(pipeline_id))

    def hook(self, pipeline_id: str | int, secret: str, **attributes: Any) -> tuple[dict[str, str], bytes]:
        """Headers and body of the webhook about a pipeline as it stands."""
        one = self.of(pipeline_id)
        seen = {name: value for name, value in one.seen().items() if name != "web_url"}
        listed = [{"key": name, "value": value} for name, value in one.variables.items()]
        told = {**seen, "url": one.seen()["web_url"], "duration": 12, "variables": listed, **attributes}
        project = {"id": one.project.id, "web_url": one.project.web_url, "path_with_namespace": one.project.path}
        body = {
            "object_kind": "pipeline",
            "object_attributes": told,
            "project": project,
            "commit": {"id": told["sha"]},
            "builds": [],
        }
        headers = {"X-Gitlab-Event": "Pipeline Hook", "X-Gitlab-Token": secret, "Idempotency-Key": str(uuid4())}
        more = {"Content-Type": "application/json", "X-Gitlab-Event-UUID": "one-request", "X-Gitlab-Webhook-UUID": str(uuid4())}
        return headers | more, json.dumps(body).encode()

    def send_hook(self, pipeline_id: str | int, url: str, secret: str) -> httpx.Response:
        """Sends it."""
        headers, body = self.hook(pipeline_id, secret)
        return httpx.post(url, headers=headers, content=body, timeout=10, trust_env=False)

    def report(self, pipeline_id: str | int, status: str = "SUCCESS") -> httpx.Response:
        """What a job of the pipeline does that was told to call back."""
        one = self.of(pipeline_id)
        told = {"status": status, "metadata": {"branch": one.ref}, "links": {"pipeline": one.seen()["web_url"]}}
        bearer = {"Authorization": f"Bearer {one.variables['DOMINO_EVENT_TOKEN']}"}
        return httpx.post(one.variables["DOMINO_RESULT_URL"], json=told, headers=bearer, timeout=10, trust_env=False)

    def answer(self, call: Call) -> Reply:
        """By path, as GitLab does."""
        path = call.path.removeprefix("/gitlab/api/v4/")
        if path == call.path:
            return Reply(404, {"message": "no such page"})
        scopes = self.tokens.get(call.headers.get("private-token", ""))
        if path.endswith("/trigger/pipeline"):
            return self._triggered(call, self._called(path.split("/")[1]))
        if scopes is None:
            return Reply(401, {"message": "401 Unauthorized"})
        if call.method == "POST" and "api" not in scopes:
            return Reply(403, {"error": "insufficient_scope", "error_description": "The request requires higher privileges"})
        return self._known(call, path, scopes)

    def _known(self, call: Call, path: str, scopes: list[str]) -> Reply:
        if path == "version":
            return Reply(200, {"version": "19.0.0"})
        if path == "personal_access_tokens/self":
            return Reply(200, {"scopes": scopes, "active": True})
        _, named, *rest = path.split("/")
        project = self._called(named)
        if project and rest[:1] == ["hooks"]:
            return self._hooks(call.method, project, call.form, rest[1:])
        return self._asked(call, project, rest) if project else Reply(404, {"message": "404 Project Not Found"})

    def _called(self, named: str) -> Hosted | None:
        return next((one for one in self.projects if unquote(named) in (str(one.id), one.path)), None)

    def _asked(self, call: Call, project: Hosted, rest: list[str]) -> Reply:
        match call.method, rest:
            case "GET", []:
                return Reply(200, {"id": project.id, "path_with_namespace": project.path, "archived": project.archived})
            case "POST", ["pipeline"]:
                told = json.loads(call.body)
                return self._make(project, told["ref"], "api", {one["key"]: one["value"] for one in told.get("variables", [])})
            case "POST", ["statuses", sha]:
                return self._status(sha, call.form)
            case "GET", ["pipelines"]:
                return Reply(200, self._listed(project, call.query))
            case method, ["pipelines", number, *what]:
                found = next((one for one in self.made if str(one.id) == number and one.project is project), None)
                return self._one(method, found, what) if found else Reply(404, {"message": "404 Not found"})
        return Reply(404, {"error": "404 Not Found"})

    def _hooks(self, method: str, project: Hosted, told: Json, which: list[str]) -> Reply:
        if method == "GET":
            return Reply(200, project.hooks)
        if method == "POST":
            project.hooks.append({"id": len(project.hooks) + 1})
        project.hooks[int(which[0]) - 1 if which else -1] |= told
        return Reply(200 if which else 201, project.hooks[-1])

    def _listed(self, project: Hosted, query: Mapping[str, str]) -> list[Json]:
        found = [one for one in self.made if one.project is project and (one.ref, one.source) == (query["ref"], query["source"])]
        since = query.get("created_after")
        new = [one for one in found if not since or one.at >= datetime.fromisoformat(since)]
        return [one.seen() for one in sorted(new, key=lambda one: -one.id)[: int(query["per_page"])]]

    def _one(self, method: str, one: Made, what: list[str]) -> Reply:
        if what == ["variables"] and method == "GET":
            listed = [{"key": name, "value": value, "variable_type": "env_var"} for name, value in one.variables.items()]
            return Reply(200, listed) if self.reads_variables else Reply(403, {"message": "403 Forbidden"})
        if what == ["cancel"] and method == "POST" and one.status not in ENDED:
            one.status, one.stopped = "canceled", True
        return Reply(200, one.seen())

    def _triggered(self, call: Call, project: Hosted | None) -> Reply:
        if "x-gitlab-event" in call.headers:
            return Reply(403, {"message": "403 Forbidden"})
        if call.query or project is None or call.form.get("token") != project.trigger_token:
            return Reply(404, {"message": "404 Not Found"})
        sent = {name[10:-1]: value for name, value in call.form.items() if name.startswith("variables[")}
        posted = {name: value for name, value in call.form.items() if name != "token"}
        return self._make(project, call.form["ref"], "trigger", {**sent, "TRIGGER_PAYLOAD": json.dumps(posted)})

    def _make(self, project: Hosted, ref: str, source: str, variables: dict[str, str]) -> Reply:
        """In the order in which GitLab looks (Ci::CreatePipelineService): variables, then the ref, then the rules."""
        if project.no_variables and variables:
            return Reply(400, {"message": {"base": ["Insufficient permissions to set pipeline variables"]}})
        if ref not in project.refs:
            return Reply(400, {"message": {"base": ["Reference not found"]}})
        if project.refuses:
            return Reply(400, {"message": {"base": [project.refuses]}})
        made = Made(len(self.made) + 287, project, ref, source, variables)
        self.made.append(made)
        if self.yaml_errors:
            made.status = "failed"
        return Reply(201, made.seen(yaml_errors=self.yaml_errors))

    def _status(self, sha: str, told: Json) -> Reply:
        if self.statuses.get(sha, {}).get("state") == told["state"]:
            doing = {"pending": "enqueue", "success": "success", "failed": "drop"}[told["state"]]
            return Reply(
                400, {"message": f"Cannot transition status via :{doing} from :{told['state']} (Reason(s): Status cannot …)"}
            )
        self.statuses[sha] = told
        return Reply(201, {"id": 1, "sha": sha, "status": told["state"], "name": told["name"]})
