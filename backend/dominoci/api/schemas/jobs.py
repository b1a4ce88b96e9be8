"""Folders, jobs, and the versions of their definitions."""

from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from dominoci.api.fields import Choice, Flag, Moment, Text, Whole, parameters
from dominoci.api.schemas.base import BUILD_STATES, Answer, Body, PageQuery, Ref
from dominoci.api.schemas.builds import FORMATS, BuildParameter, DefinitionBody, OfJob
from dominoci.domain.names import LONGEST_PATH, MAX_LENGTH, path_problem, place_problem
from dominoci.domain.permission import ROLES

JOB_KINDS = ("job", "branch", "pull_request")
TOP = '"/" is the top'


def _refuse(problem: str | None) -> None:
    if problem:
        raise ValidationError(f"A name {problem}.")


def place_name(**kwargs: Any) -> Text:
    """The name of a folder or job."""
    return Text(shortest=1, longest=MAX_LENGTH, checks=[lambda value: _refuse(place_problem(value))], **kwargs)


def path(**kwargs: Any) -> Text:
    """Names from the top, with slashes between."""
    return Text(shortest=1, longest=LONGEST_PATH, checks=[lambda value: _refuse(path_problem(value))], **kwargs)


def folder_key(**kwargs: Any) -> Text:
    """A folder by id or path."""
    told = {"description": f"a folder's id or path; {TOP}", "examples": ["/"]}
    return Text(longest=LONGEST_PATH, metadata=told, **kwargs)


class Placed(Body):
    """What is new stands at `path`, or is called `name` in a folder."""

    path = path(metadata={"examples": ["tools/hello"]})
    name = place_name()

    @validates_schema
    def once(self, value: dict[str, Any], **_: Any) -> None:
        """A path says it all."""
        inside = {"folder", "parent"} & value.keys()
        if ("path" in value) == ("name" in value) or ("path" in value and inside):
            raise ValidationError("Give either a path, or a name (and the folder that it is in).", "path")


class FolderQuery(PageQuery):
    """Which folders: those in `parent` (the top, where nothing is said); with `q` all whose path holds it."""

    parent = folder_key(load_default=None)
    q = Text(shortest=1, longest=200, load_default=None)


class FolderCreate(Placed):
    """A new folder at `path` (folders above it that are missing are made, too), or called `name` in `parent`."""

    parent = folder_key(allow_none=True)


class FolderChange(Body):
    """What of a folder is to be changed; all that it holds goes along."""

    name = place_name()
    parent = folder_key()


class FolderRef(Answer):
    """A folder by its id and path."""

    id = fields.String()
    path = fields.String(metadata={"examples": ["tools"]})


class Folder(Answer):
    """A folder, and how many folders and jobs (that one may see) stand in it. `changeable`: whether the caller may rename, move
    and remove it."""

    id = fields.String()
    name = fields.String(metadata={"examples": ["tools"]})
    path = fields.String(metadata={"examples": ["tools"]})
    parent = fields.Nested(FolderRef, allow_none=True)
    folders = fields.Integer()
    jobs = fields.Integer()
    changeable = fields.Boolean()
    created_by = fields.String()
    created_at = Moment()


class JobQuery(PageQuery):
    """Which jobs: those in a folder, of a project (id or name), whose path or title holds `q`; with `copies` also those for
    branches and pull requests."""

    folder = folder_key(load_default=None)
    project = Text(shortest=1, longest=100, load_default=None)
    q = Text(shortest=1, longest=200, load_default=None)
    copies = fields.Boolean(load_default=False)


class CopyQuery(PageQuery):
    """With `closed` also those whose branch or pull request is gone."""

    closed = fields.Boolean(load_default=False)


def _file(**kwargs: Any) -> Text:
    return Text(
        shortest=1,
        longest=300,
        allow_none=True,
        checks=[_inside],
        metadata={"description": "the definition's file in the repository", "examples": [".domino/nightly.yml"]},
        **kwargs,
    )


def _inside(value: str) -> None:
    if value.startswith("/") or {"", ".", ".."} & set(value.split("/")):
        raise ValidationError("Must be a path inside the repository, as .domino/nightly.yml.")


def _ref(**kwargs: Any) -> Text:
    told = {"description": "what is built unless a start says otherwise; null: the project's default branch"}
    return Text(shortest=1, longest=255, allow_none=True, metadata=told, **kwargs)


class JobChange(Body):
    """What of a job is to be changed; `name` and `folder` move it. Of a copy only `enabled` can be changed."""

    name = place_name()
    folder = folder_key()
    title = Text(longest=200)
    file = _file()
    ref = _ref()
    checkout = Flag()
    enabled = Flag()


class JobCreate(Placed):
    """A new job at `path` (missing folders are made), or called `name` in `folder`. Without `project` it gets a hosted private
    one of its own. Without `definition` it runs the repository's own: `file`, or what an agent finds there. `checkout` false:
    builds begin in an empty folder; so they do by default where there is a definition and no project."""

    folder = folder_key(allow_none=True)
    project = Text(shortest=1, longest=100, allow_none=True, metadata={"description": "id or name"})
    title = Text(longest=200, load_default="")
    definition = fields.Nested(DefinitionBody, load_default=None, allow_none=True)
    file = _file(load_default=None)
    ref = _ref(load_default=None)
    checkout = Flag(load_default=None, allow_none=True)
    enabled = Flag(load_default=True)


class JobPull(Answer):
    """The pull request that a copy is for, as its host told of it."""

    number = fields.Integer()
    title = fields.String(allow_none=True, dump_default=None)
    author = fields.String(allow_none=True, dump_default=None)
    url = fields.String(allow_none=True, dump_default=None)
    head = fields.String(allow_none=True, dump_default=None)
    fork = fields.Boolean(dump_default=False)


class RecentBuild(Answer):
    """A build of a job, as a list of jobs draws it."""

    id = fields.String()
    number = fields.Integer()
    state = Choice(BUILD_STATES)
    branch = fields.String(allow_none=True)
    created_at = Moment()
    started_at = Moment(allow_none=True)
    finished_at = Moment(allow_none=True)


class JobCopies(Answer):
    """How many open copies a job has for branches, and for pull requests."""

    branches = fields.Integer()
    pulls = fields.Integer()


class JobSummary(Answer):
    """A job in a list. `version` and `format` are of the definition that is kept here (null: it is the repository's own),
    `next_at` when its earliest schedule is due, `recent` its last 20 builds, newest first, `role` what the caller is to its
    project. `closed_at`: the branch or pull request of a copy is gone."""

    id = fields.String()
    name = fields.String(metadata={"examples": ["hello"]})
    path = fields.String(metadata={"examples": ["tools/hello"]})
    title = fields.String()
    kind = Choice(JOB_KINDS)
    folder = fields.Nested(FolderRef, allow_none=True)
    project = fields.Nested(Ref)
    copied_from = fields.Nested(OfJob, allow_none=True)
    pull = fields.Nested(JobPull, allow_none=True)
    version = fields.Integer(allow_none=True)
    format = Choice(FORMATS, allow_none=True)
    file = fields.String(allow_none=True)
    ref = fields.String(allow_none=True)
    checkout = fields.Boolean()
    enabled = fields.Boolean()
    copies = fields.Nested(JobCopies)
    next_at = Moment(allow_none=True)
    recent = fields.List(fields.Nested(RecentBuild))
    role = Choice(ROLES)
    created_by = fields.String()
    created_at = Moment()
    changed_at = Moment()
    closed_at = Moment(allow_none=True)
    url = fields.String(metadata={"examples": ["https://ci.example/jobs/tools/hello"]})


class JobVersion(Answer):
    """A version of a job's definition; `present`: builds that begin now run it."""

    number = fields.Integer()
    format = Choice(FORMATS)
    present = fields.Boolean()
    created_by = fields.String()
    created_at = Moment()


class JobDefinition(JobVersion):
    """A version with its text."""

    text = fields.String()


class Job(JobSummary):
    """A job with its definition (null: the repository's own) and the parameters that it asks for, as far as they are known."""

    definition = fields.Nested(JobDefinition, allow_none=True)
    parameters = fields.List(fields.Nested(BuildParameter))


class JobDefinitionBody(DefinitionBody):
    """A definition. `base` is the number of the version that was edited (0: there was none): another present one is 409."""

    base = Whole(0, load_default=None, allow_none=True)


class JobStart(Body):
    """What to build: a ref (the job's own when absent) with variables."""

    ref = Text(shortest=1, longest=255, load_default=None, allow_none=True)
    parameters = parameters(load_default=dict)


class KeyLinkBody(Body):
    """The job to link: its path, its key (`job_tools/hello`), or its name where only one has it; null for none."""

    job = Text(shortest=1, longest=LONGEST_PATH + 4, required=True, allow_none=True, metadata={"examples": ["tools/hello"]})


class KeyLink(Answer):
    """The job that is linked, by its path, and the key that its document stands under."""

    job = fields.String(allow_none=True, metadata={"examples": ["tools/hello"]})
    key = fields.String(allow_none=True, metadata={"examples": ["job_tools/hello"]})


HELLO = """stages:
  - title: greet
    steps:
      - title: hello
        command: echo "hello $WHO"
parameters:
  - title: WHO
    required: true
"""
CREATE_EXAMPLE: dict[str, Any] = {
    "path": "tools/hello",
    "title": "Greets somebody",
    "definition": {"format": "job", "text": HELLO},
}
CHANGE_EXAMPLE: dict[str, Any] = {"folder": "gears", "title": "Greets somebody"}
DEFINE_EXAMPLE: dict[str, Any] = {"format": "job", "text": HELLO, "base": 1}
START_EXAMPLE: dict[str, Any] = {"parameters": {"WHO": "world"}}
FOLDER_EXAMPLE: dict[str, Any] = {"path": "tools"}
