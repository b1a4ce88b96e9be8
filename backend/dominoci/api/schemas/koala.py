"""What the koalaCI API takes and answers, as its document spells it."""

from typing import Any

from marshmallow import ValidationError, fields

from dominoci.api.fields import Text, git_url, ref_name
from dominoci.api.schemas.base import Answer, Body
from dominoci.services.koala_callers import LONGEST_ID, id_problem

DEPLOYMENT: dict[str, Any] = {"examples": ["dpl-2026-11-21-1"]}
COMMAND: dict[str, Any] = {"examples": ["npm run build"]}


def _kept(value: str) -> None:
    if problem := id_problem(value):
        raise ValidationError(problem)


def _in_address(value: str) -> None:
    if "/" in value or value in (".", ".."):
        raise ValidationError("Stands in addresses: must not hold a slash, nor be . or ..")


class KoalaJob(Body):
    """A deployment to build: `project_build_command` runs in the branch, and `project_dist_directory` is kept as an
    artifact. `project_package_manager` is npm, yarn or pnpm, or empty to go by the lock file."""

    project_id = Text(required=True, shortest=1, longest=LONGEST_ID, checks=[_kept], metadata={"examples": ["shop"]})
    deployment_id = Text(required=True, shortest=1, longest=LONGEST_ID, checks=[_kept, _in_address], metadata=DEPLOYMENT)
    project_branch = ref_name(required=True, metadata={"examples": ["main"]})
    project_repo_url = git_url(required=True, metadata={"examples": ["https://git.example/shop.git"]})
    project_build_command = Text(required=True, shortest=1, longest=4000, lines=True, metadata=COMMAND)
    project_package_manager = Text(required=True, longest=20, metadata={"examples": ["npm"]})
    project_dist_directory = Text(required=True, shortest=1, longest=500, metadata={"examples": ["dist"]})


class KoalaAnswer(Answer):
    """Every answer, also a refusal: then `data` says why."""

    data = fields.String(metadata={"examples": ["OK"]})
