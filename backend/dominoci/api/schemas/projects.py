"""Projects, their graph and their tokens."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from dominoci.api.fields import Choice, Flag, Moment, Text, Whole, git_url, name, ref_name, web_url
from dominoci.api.schemas.base import Answer, Body, PageQuery, Ref, target_kind
from dominoci.domain import target
from dominoci.domain.fair_queue import HIGHEST, LOWEST
from dominoci.domain.permission import ROLES

VISIBILITIES = ("private", "public")
ON_NEW_EVENT = ("parallel", "supersede", "queue", "coalesce")
DAY_S = 86_400


def owner_key(**kwargs: Any) -> Text:
    """A group, by id or name; None for no group."""
    return Text(shortest=1, longest=100, metadata={"description": "the group it belongs to: id or name"}, **kwargs)


def _secret(description: str, longest: int = 500, *, lines: bool = False) -> Text:
    told = {"description": f"{description}; shown never again"}
    return Text(shortest=1, longest=longest, lines=lines, load_only=True, metadata=told)


class TargetBody(Body):
    """Where a project's pipeline runs. `agent`: on our own agents; `webhook`: whatever answers at `url`; `jenkins`, `gitlab`,
    `github`: there. Each kind has its own fields; secrets that are not sent are kept while kind and server stay the same."""

    kind = Choice(target.KINDS, required=True)
    pipeline = Text(shortest=1, longest=100, allow_none=True, metadata={"description": "agent: only this pipeline"})
    labels = fields.List(
        Text(shortest=1, longest=100),
        validate=validate.Length(max=target.MOST_LABELS),
        metadata={"description": "agent: only agents that have all of these"},
    )
    priority = Whole(LOWEST, HIGHEST, metadata={"description": "agent: builds of higher ones are taken first; 0 unless said"})
    url = web_url(metadata={"description": "webhook: where the trigger is sent; jenkins, gitlab: the server's address"})
    cancel_url = web_url(allow_none=True, metadata={"description": "webhook: where a cancellation is sent; without it none is"})
    secret = _secret("webhook: signs the request (whsec_…)")
    mode = Choice((target.GENERIC_WEBHOOK, target.BUILD), metadata={"description": "jenkins: how builds are started"})
    job = Text(shortest=1, longest=500, allow_none=True, metadata={"description": "jenkins, agent: the job's path, folder/name"})
    user = Text(shortest=1, longest=200, allow_none=True, metadata={"description": "jenkins: whose API token it is"})
    unstable = Choice(("failed", "success"), metadata={"description": "jenkins: what UNSTABLE counts as"})
    project = Text(shortest=1, longest=300, allow_none=True, metadata={"description": "gitlab: the project's path or id"})
    token = _secret("jenkins: of the Generic Webhook Trigger; gitlab: a trigger token; github: a personal access token")
    api_token = _secret("jenkins, gitlab: to look at runs, to cancel them, and to write commit statuses")
    api_url = web_url(allow_none=True, metadata={"description": "github: the API's address of an Enterprise server"})
    repository = Text(shortest=3, longest=200, allow_none=True, metadata={"description": "github: owner/name"})
    workflow = Text(shortest=1, longest=200, allow_none=True, metadata={"description": "github: the workflow's file or id"})
    event_type = Text(shortest=1, longest=100, allow_none=True, metadata={"description": "github: of a repository_dispatch"})
    app_id = Text(shortest=1, longest=40, allow_none=True, metadata={"description": "github: of the App that signs in"})
    installation_id = Text(shortest=1, longest=40, allow_none=True, metadata={"description": "github: found out if missing"})
    private_key = _secret("github: the App's private key (PEM)", 8000, lines=True)

    @validates_schema
    def fits_its_kind(self, value: dict[str, Any], **_: Any) -> None:
        """Each kind has its own fields."""
        kind = value.get("kind")
        if kind is None:
            return
        known = {"kind", *target.FIELDS[kind], *target.SECRETS[kind]}
        if alien := sorted(value.keys() - known):
            raise ValidationError({name: [f"Not for targets of kind {kind}."] for name in alien})
        if kind == target.WEBHOOK and "url" not in value:
            raise ValidationError("A webhook needs an address.", "url")


class TargetSecret(Answer):
    """A secret that is set, by name."""

    name = fields.String()
    set_at = Moment(allow_none=True)


class Target(Answer):
    """Where a project's pipeline runs; secrets are never shown."""

    kind = target_kind()
    pipeline = fields.String(allow_none=True, dump_default=None)
    labels = fields.List(fields.String(), dump_default=list)
    priority = fields.Integer(dump_default=0)
    url = fields.String(allow_none=True, dump_default=None)
    cancel_url = fields.String(allow_none=True, dump_default=None)
    mode = fields.String(allow_none=True, dump_default=None)
    job = fields.String(allow_none=True, dump_default=None)
    user = fields.String(allow_none=True, dump_default=None)
    unstable = fields.String(allow_none=True, dump_default=None)
    project = fields.String(allow_none=True, dump_default=None)
    api_url = fields.String(allow_none=True, dump_default=None)
    repository = fields.String(allow_none=True, dump_default=None)
    workflow = fields.String(allow_none=True, dump_default=None)
    event_type = fields.String(allow_none=True, dump_default=None)
    app_id = fields.String(allow_none=True, dump_default=None)
    installation_id = fields.String(allow_none=True, dump_default=None)
    secrets = fields.List(fields.Nested(TargetSecret))


class ProjectChange(Body):
    """What of a project is to be changed."""

    name = name()
    repository_url = git_url()
    default_branch = ref_name()
    visibility = Choice(VISIBILITIES)
    owners_url = web_url(allow_none=True)
    contact = Text(longest=200, allow_none=True)
    target = fields.Nested(TargetBody)
    on_new_event = Choice(ON_NEW_EVENT)
    start_deadline_s = Whole(1, 30 * DAY_S)
    finish_deadline_s = Whole(1, 30 * DAY_S)
    accept_event_token = Flag()
    enabled = Flag()
    owner = owner_key(allow_none=True)


class ProjectCreate(Body):
    """A new project. Without `repository_url` the arbiter hosts the repository itself under /git/<id>.git."""

    name = name(required=True, metadata={"examples": ["lib-core"]})
    repository_url = git_url(load_default=None, allow_none=True, metadata={"examples": ["https://git.example/lib-core.git"]})
    default_branch = ref_name(load_default="main")
    visibility = Choice(VISIBILITIES, load_default="private")
    owners_url = web_url(load_default=None, allow_none=True)
    contact = Text(longest=200, load_default=None, allow_none=True)
    target = fields.Nested(TargetBody, load_default=lambda: {"kind": "agent"})
    on_new_event = Choice(ON_NEW_EVENT, load_default="parallel")
    start_deadline_s = Whole(1, 30 * DAY_S, load_default=3600)
    finish_deadline_s = Whole(1, 30 * DAY_S, load_default=21_600)
    accept_event_token = Flag(load_default=False)
    enabled = Flag(load_default=True)
    owner = owner_key(load_default=None, allow_none=True)


class LastResult(Answer):
    """What a project reported last."""

    status = fields.String()
    at = Moment()
    commit = fields.String(allow_none=True)
    branch = fields.String(allow_none=True)
    tree_id = fields.String(allow_none=True)
    sub_id = fields.String(allow_none=True)
    url = fields.String(allow_none=True)


class Project(Answer):
    """A repository with one triggerable pipeline."""

    id = fields.String()
    name = fields.String()
    repository_url = fields.String(allow_none=True)
    clone_url = fields.String(allow_none=True)
    hosted = fields.Boolean()
    default_branch = fields.String()
    visibility = Choice(VISIBILITIES)
    owners_url = fields.String(allow_none=True)
    contact = fields.String(allow_none=True)
    target = fields.Nested(Target)
    on_new_event = Choice(ON_NEW_EVENT)
    start_deadline_s = fields.Integer()
    finish_deadline_s = fields.Integer()
    accept_event_token = fields.Boolean()
    enabled = fields.Boolean()
    demo = fields.Boolean()
    created_at = Moment()
    last_result = fields.Nested(LastResult, allow_none=True)
    upstream_count = fields.Integer()
    downstream_count = fields.Integer()
    role = Choice(ROLES, metadata={"description": "the caller's"})
    owner = fields.Nested(Ref, allow_none=True)
    starred = fields.Boolean()


class ProjectQuery(PageQuery):
    """Which projects: those whose name or repository holds `q`, that one has starred, of one owner (id or name), of one kind of
    target, whose last result was this."""

    q = Text(longest=500, load_default=None)
    starred = fields.Boolean(load_default=False)
    owner = Text(shortest=1, longest=100, load_default=None)
    ci = Text(shortest=1, longest=20, load_default=None)
    state = Choice(("success", "failed", "cancelled", "skipped", "timed_out"), load_default=None)


class GraphQuery(Body):
    """How to walk from the project."""

    direction = Choice(("up", "down", "both"), load_default="both")


class ProjectGraphNode(Answer):
    """A project near the one asked for; `distance` is negative upstream."""

    id = fields.String()
    name = fields.String()
    last_result = fields.Nested(LastResult, allow_none=True)
    distance = fields.Integer()


class ProjectGraphEdge(Answer):
    """A dependency, by project ids."""

    id = fields.String()
    upstream = fields.String()
    downstream = fields.String()
    join = Choice(("all", "each"))
    enabled = fields.Boolean()


class ProjectGraph(Answer):
    """The dependencies around one project."""

    nodes = fields.List(fields.Nested(ProjectGraphNode))
    edges = fields.List(fields.Nested(ProjectGraphEdge))


class TokenCreate(Body):
    """A new token."""

    name = Text(shortest=1, longest=100, required=True, metadata={"examples": ["ci"]})
    expires_at = Moment(load_default=None, allow_none=True)


class Token(Answer):
    """A token as it is listed: its beginning, never the whole."""

    id = fields.String()
    name = fields.String()
    prefix = fields.String()
    created_at = Moment()
    expires_at = Moment(allow_none=True)
    last_used_at = Moment(allow_none=True)
    revoked_at = Moment(allow_none=True)


class ProjectToken(Token):
    """A project's token. `scope` is what it may do; after a rotation `replaced_by` is the token that takes its place, and both
    are good until `expires_at`."""

    scope = Choice(("report",))
    replaced_by = fields.String(allow_none=True)


class TokenRotate(Body):
    """For how long the old token stays good beside the new one; 0 ends it at once."""

    overlap_hours = Whole(0, 30 * 24, load_default=24)


class TokenCreated(Token):
    """A token just made: the only time that `token` is shown."""

    token = fields.String()
