"""What repositories tell, and the demo."""

from marshmallow import fields

from dominoci.api.examples import COMMIT
from dominoci.api.fields import Choice, Moment, Text
from dominoci.api.schemas.base import Answer, Body
from dominoci.domain.repository_events import LINK_KINDS


class Push(Body):
    """What a post-receive hook is told of one ref: full name, old and new commit (all zeros: created, deleted)."""

    ref = Text(shortest=1, longest=255, required=True, metadata={"examples": ["refs/heads/main"]})
    before = Text(longest=64, required=True)
    after = Text(longest=64, required=True)


class PushedBuild(Answer):
    """The build of a push."""

    id = fields.String()
    number = fields.Integer()
    url = fields.String()


class Pushed(Answer):
    """What a push led to; no build when nothing is to be built (a deleted branch). `graph`: what came of the repository's own
    `dominoci.yml`, by lines; none when it changed nothing."""

    build = fields.Nested(PushedBuild, allow_none=True)
    graph = fields.List(fields.String())


class HookBuild(Answer):
    """A build that a webhook started."""

    id = fields.String()
    number = fields.Integer()
    url = fields.String()


class HookTaken(Answer):
    """What came of a webhook of GitHub or GitLab. `accepted`: it was about a run that was started from here, or started builds;
    `duplicate`: the same delivery was taken before, and counts once."""

    accepted = fields.Boolean()
    reason = fields.String(metadata={"examples": ["web_main builds 9fceb02d0ae5"]})
    duplicate = fields.Boolean()
    builds = fields.List(fields.Nested(HookBuild))


class HookDelivery(Answer):
    """A webhook that was taken, and what came of it. `replayed`: it did not arrive, and was fetched from GitHub later."""

    id = fields.String()
    repository = fields.String(metadata={"examples": ["github.com/octo-org/app"]})
    event = fields.String(metadata={"examples": ["push"]})
    delivery = fields.String(metadata={"description": "the sender's own id of it"})
    text = fields.String(metadata={"examples": ["web_main builds 9fceb02d0ae5"]})
    builds = fields.List(fields.Nested(HookBuild))
    replayed = fields.Boolean()
    received_at = Moment()


class HookAddress(Body):
    """For which project a webhook was made from here: it makes the address its own, and proves nothing."""

    project = Text(longest=100, load_default=None)


class RepositoryHook(Answer):
    """The webhook of a project's repository. `kind`: whose API the repository has (null: none known); `state`: wanted, made or
    failed (null: none was asked for here), with `text` in words; `may_make`: the project has an access that can be tried;
    `secret_set_at`: since when a secret proves it, also one that was made by hand."""

    kind = Choice(("github", "gitlab"), allow_none=True)
    url = fields.String(metadata={"examples": ["https://arbiter.example/hooks/github"]})
    state = Choice(("wanted", "made", "failed"), allow_none=True)
    hook_id = fields.String(allow_none=True)
    text = fields.String(allow_none=True, metadata={"examples": ["The webhook is there."]})
    may_make = fields.Boolean()
    secret_set_at = Moment(allow_none=True)
    made_at = Moment(allow_none=True)
    looked_at = Moment(allow_none=True, metadata={"description": "when GitHub was last asked what did not arrive"})


class LinkBody(Body):
    """Which repository is linked to the job, and for what: each branch, or each pull request, gets a copy of the job."""

    repository = Text(shortest=3, longest=500, required=True, metadata={"examples": ["github.com/octo-org/app"]})
    kind = Choice(LINK_KINDS, required=True)


class LinkedJob(Answer):
    """The job of a link."""

    id = fields.String()
    path = fields.String(metadata={"examples": ["tools/hello"]})


class RepositoryLink(Answer):
    """A repository that is linked to a job."""

    id = fields.String()
    repository = fields.String(metadata={"examples": ["github.com/octo-org/app"]})
    kind = Choice(LINK_KINDS)
    job = fields.Nested(LinkedJob)
    created_by = fields.String()
    created_at = Moment()


class Approval(Body):
    """Which commit was looked at: the one of the build, or it is refused."""

    commit = Text(shortest=40, longest=64, required=True, metadata={"examples": [COMMIT]})


class HookSecret(Answer):
    """Where the CI system's webhook is to be sent, and its secret: the only time that it is shown."""

    url = fields.String()
    secret = fields.String()


class Demo(Answer):
    """Whether the demo is loaded, where its clone of `core` is, and what to type there: a change, and one that breaks `ui`."""

    loaded = fields.Boolean()
    clone = fields.String()
    change = fields.List(fields.String())
    break_ui = fields.String()


class DemoLoaded(Answer):
    """The demo is being loaded; its first tree opens when the first build of `project` is green."""

    tree_id = fields.String(allow_none=True)
    project = fields.String()
