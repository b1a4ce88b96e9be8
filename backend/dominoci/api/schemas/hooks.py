"""What repositories tell, and the demo."""

from marshmallow import fields

from dominoci.api.fields import Text
from dominoci.api.schemas.base import Answer, Body


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


class HookTaken(Answer):
    """Whether a CI system's webhook was about a run that was started from here, and what was done with it."""

    accepted = fields.Boolean()
    reason = fields.String()


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
