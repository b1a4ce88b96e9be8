"""Combos: what passed together, its lock file, and what differs between two."""

from marshmallow import fields, validate

from dominoci.api.fields import Choice, Moment, Text
from dominoci.api.schemas.base import Answer, Body, PageQuery, Ref
from dominoci.api.schemas.trees import Artifact

LONGEST_ID = 700
BRANCH = Text(shortest=1, longest=255, load_default=None, metadata={"description": "of the tree's root"})


class ComboQuery(PageQuery):
    """Which combos: those of one project (id or name); those that hold a commit (whole, or its first 7 to 64 hexadecimal digits),
    whether the project itself or one of its ancestors has it."""

    project = Text(shortest=1, longest=100, load_default=None)
    commit = Text(shortest=1, longest=64, load_default=None, metadata={"examples": ["9fceb02"]})


class LastComboQuery(Body):
    """Whose last combo is asked for."""

    branch = BRANCH


class ComboSetQuery(Body):
    """Projects (ids or names) that must all have succeeded in one tree."""

    project = fields.List(Text(shortest=1, longest=100), required=True, validate=validate.Length(2, 50))


class LockQuery(Body):
    """How the lock file is written."""

    format = Choice(("json", "dotenv"), load_default="json")


class LastLockQuery(LockQuery):
    """The same for a project's last combo."""

    branch = BRANCH


class CompareQuery(Body):
    """The ids of two combos."""

    a = Text(shortest=1, longest=LONGEST_ID, required=True)
    b = Text(shortest=1, longest=LONGEST_ID, required=True)


class ComboHead(Answer):
    """A combo by its name: the attempt that succeeded, and when."""

    id = fields.String()
    project = fields.Nested(Ref)
    tree_id = fields.String()
    sub_id = fields.String()
    attempt = fields.Integer()
    at = Moment()


class ComboSummary(ComboHead):
    """A combo in a list; `members` counts them, `commit` is the project's own."""

    commit = fields.String(allow_none=True)
    members = fields.Integer()


class ComboMember(Answer):
    """One project's part in a combo, as it was reported."""

    project = fields.Nested(Ref)
    sub_id = fields.String()
    attempt = fields.Integer()
    commit = fields.String(allow_none=True)
    branch = fields.String(allow_none=True)
    tag = fields.String(allow_none=True)
    pipeline = fields.String(allow_none=True)
    run_url = fields.String(allow_none=True)
    artifacts = fields.List(fields.Nested(Artifact))


class Combo(ComboHead):
    """What passed together: a project's success and all its ancestors, the root first. `mixed` when a project is in it with
    more than one commit."""

    members = fields.List(fields.Nested(ComboMember))
    mixed = fields.Boolean()


class ComboSet(Answer):
    """What passed together in the newest tree in which all projects asked for succeeded; `at` is when the last of them did."""

    tree_id = fields.String()
    at = Moment()
    combos = fields.List(fields.Nested(ComboHead))
    members = fields.List(fields.Nested(ComboMember))
    mixed = fields.Boolean()


class LockedArtifact(Answer):
    """An artifact by its digest."""

    name = fields.String()
    sha256 = fields.String(allow_none=True)
    url = fields.String(allow_none=True)
    purl = fields.String(allow_none=True)


class LockedMember(Answer):
    """One project's part in a lock file."""

    project = fields.String()
    sub_id = fields.String()
    attempt = fields.Integer()
    commit = fields.String(allow_none=True)
    branch = fields.String(allow_none=True)
    tag = fields.String(allow_none=True)
    repository = fields.String(allow_none=True)
    artifacts = fields.List(fields.Nested(LockedArtifact))


class ComboLock(Answer):
    """A lock file: the same combo always gives the same file. `version` is that of the format."""

    version = fields.Integer()
    combo = fields.String()
    members = fields.List(fields.Nested(LockedMember))


class ArtifactChange(Answer):
    """An artifact whose content differs, or that only one of the combos has."""

    name = fields.String()
    change = Choice(("added", "removed", "changed"))
    old_sha256 = fields.String(allow_none=True)
    new_sha256 = fields.String(allow_none=True)


class ComboChange(Answer):
    """What became of one project; `compare_url` shows the commits between, where its host is known to have such a page."""

    project = fields.Nested(Ref)
    old = fields.String(allow_none=True)
    new = fields.String(allow_none=True)
    compare_url = fields.String(allow_none=True)
    artifacts = fields.List(fields.Nested(ArtifactChange))


class ComboComparison(Answer):
    """Only what differs from combo `a` to combo `b`; `unchanged` counts the projects that do not."""

    a = fields.Nested(ComboHead)
    b = fields.Nested(ComboHead)
    changed = fields.List(fields.Nested(ComboChange))
    added = fields.List(fields.Nested(ComboMember))
    removed = fields.List(fields.Nested(ComboMember))
    unchanged = fields.Integer()


_TREE = "0193b5e2-9f00-7abc-8def-0123456789ab"
_AT = "2026-11-21T10:00:00.123Z"
_CORE = {"id": "0193b5e0-1a00-7abc-8def-0123456789ab", "name": "lib-core"}
_DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_HEAD = {"id": f"{_TREE}:1:1", "project": _CORE, "tree_id": _TREE, "sub_id": "1", "attempt": 1, "at": _AT}
_FILE = {"name": "lib.whl", "sha256": _DIGEST, "url": "https://files.example/lib.whl", "purl": "pkg:pypi/lib@1.4.2"}
_PART = {"sub_id": "1", "attempt": 1, "commit": "9fceb02", "branch": "main", "tag": None}
_MEMBER = {**_PART, "project": _CORE, "pipeline": "build", "run_url": None, "artifacts": [{**_FILE, "size": 4096}]}
SUMMARY_EXAMPLE = {"items": [{**_HEAD, "commit": "9fceb02", "members": 1}], "next_cursor": None}
COMBO_EXAMPLE = {**_HEAD, "members": [_MEMBER], "mixed": False}
SET_EXAMPLE = {"tree_id": _TREE, "at": _AT, "combos": [_HEAD], "members": [_MEMBER], "mixed": False}
LOCK_EXAMPLE = {
    "version": 1,
    "combo": f"{_TREE}:1:1",
    "members": [{**_PART, "project": "lib-core", "repository": "https://github.com/acme/lib-core", "artifacts": [_FILE]}],
}
DOTENV_EXAMPLE = "LIB_CORE_COMMIT=9fceb02\nLIB_CORE_BRANCH=main\nLIB_CORE_TAG=\n"
COMPARE_EXAMPLE = {
    "a": _HEAD,
    "b": {**_HEAD, "id": f"{_TREE}:1:2", "attempt": 2},
    "changed": [
        {
            "project": _CORE,
            "old": "9fceb02",
            "new": "c3d0be4",
            "compare_url": "https://github.com/acme/lib-core/compare/9fceb02...c3d0be4",
            "artifacts": [],
        }
    ],
    "added": [],
    "removed": [],
    "unchanged": 4,
}
