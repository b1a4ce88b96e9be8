"""GitLab's answers, read: pipelines, and what a refusal says to change. Its words are those of its sources
(lib/gitlab/ci/pipeline/chain, lib/api/ci/triggers.rb); they are looked for in parts, so that a release may reword the rest."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from dominoci.domain.addresses import link
from dominoci.outbound.client import Answer

MAX_SAID: Final = 200
MAX_ID: Final = 2**63
TOO_MANY: Final = "too many pipelines created"
NO_REF: Final = "reference not found"
NO_VARIABLES: Final = "permissions to set pipeline variables"
# what GitLab says in part, and what is to be changed for it
FIXES: Final = (
    (
        NO_VARIABLES,
        "GitLab lets nobody with this token's role set pipeline variables. In the GitLab project, under Settings > CI/CD > "
        "Variables, choose a lower “Minimum role to use pipeline variables” (in its API "
        "ci_pipeline_variables_minimum_override_role; no_one_allowed refuses every trigger token).",
    ),
    (NO_REF, "The GitLab project has no branch or tag {ref}: correct the dependency's ref, or push that branch."),
    (
        "filtered out by workflow rules",
        "The workflow:rules of .gitlab-ci.yml leave this pipeline out: allow $CI_PIPELINE_SOURCE == “{source}” there.",
    ),
    (
        "rules configuration prevented",
        "The rules of .gitlab-ci.yml leave no job for this pipeline: allow $CI_PIPELINE_SOURCE == “{source}” for one of them.",
    ),
    (
        "no stages / jobs",
        "The rules of .gitlab-ci.yml leave no job for this pipeline: allow $CI_PIPELINE_SOURCE == “{source}” for one of them.",
    ),
    ("missing ci config file", "There is no .gitlab-ci.yml on {ref}: add one, or correct the dependency's ref."),
    (
        "sufficient permission to run a pipeline on",
        "The token's owner may not run pipelines on {ref}, which is protected: let them merge or push to it, or take a token "
        "of somebody who may.",
    ),
    (
        "permissions to create a new pipeline",
        "The token's owner may not run pipelines in this GitLab project: give them the role Developer or more.",
    ),
    (
        TOO_MANY,
        "GitLab takes no more pipelines of this commit for now: too many were made in the last minute.",
    ),
    ("pipelines are disabled", "CI/CD is off in this GitLab project: turn it on under Settings > General > Visibility."),
)


@dataclass(frozen=True)
class Pipeline:
    """A pipeline as GitLab tells of it. `status` is its own word; what it is on is `ref`, a tag if `tag`."""

    id: str
    status: str
    web_url: str | None = None
    sha: str | None = None
    ref: str | None = None
    tag: bool = False
    created_at: datetime | None = None
    broken: str = ""
    """What is wrong with .gitlab-ci.yml: such a pipeline was made, has failed, and ran nothing."""


def document(answer: Answer) -> Any:
    """The JSON of an answer. Raises ValueError for what is none, or was cut off."""
    try:
        return json.loads(answer.body)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def pipeline(told: Any) -> Pipeline:
    """A pipeline, of the API or of a webhook's `object_attributes`. Raises ValueError for what is none."""
    if not isinstance(told, dict) or not isinstance(told.get("status"), str):
        raise ValueError("no pipeline")
    return Pipeline(
        id=identifier(told.get("id")),
        status=told["status"],
        web_url=link(told.get("web_url") or told.get("url")),
        sha=text(told.get("sha"), 64),
        ref=text(told.get("ref"), 255),
        tag=told.get("tag") is True,
        created_at=_moment(told.get("created_at")),
        broken=_printable(told["yaml_errors"]) if isinstance(told.get("yaml_errors"), str) else "",
    )


def identifier(told: Any) -> str:
    """GitLab's number of something. Raises ValueError for anything else."""
    if not isinstance(told, int) or isinstance(told, bool) or not 0 < told < MAX_ID:
        raise ValueError("no id")
    return str(told)


def text(told: Any, longest: int) -> str | None:
    """One line that is not too long; None for anything else."""
    return told if isinstance(told, str) and 0 < len(told) <= longest and told.isprintable() else None


def variables(told: Any) -> dict[str, str]:
    """A list of `{key, value}`, as the API and webhooks have it. Raises ValueError for what is none."""
    if not isinstance(told, list) or not all(isinstance(one, dict) for one in told):
        raise ValueError("no variables")
    return {one["key"]: one["value"] for one in told if isinstance(one.get("key"), str) and isinstance(one.get("value"), str)}


def said(answer: Answer) -> str:
    """GitLab's own words of a refusal, at most 200 printable characters; empty when it has none that can be read."""
    try:
        told = document(answer)
    except ValueError:
        return ""
    found = (told.get("message") or told.get("error_description") or told.get("error")) if isinstance(told, dict) else None
    return _printable(" ".join(_strings(found)))


def refusal(answer: Answer, ref: str, source: str) -> str:
    """What a 400 to a new pipeline on `ref` means, as a sentence that says what to change."""
    words = said(answer)
    for part, fix in FIXES:
        if part in words.lower():
            return fix.format(ref=ref[:100], source=source)
    return f"GitLab refused the pipeline with {answer.status}: {words or 'no words'}."


def _strings(told: Any) -> list[str]:
    """Messages are a text, or lists of them by field."""
    if isinstance(told, dict):
        told = [one for values in list(told.values())[:10] for one in (values if isinstance(values, list) else [values])]
    return [one for one in (told if isinstance(told, list) else [told])[:10] if isinstance(one, str)]


def _printable(words: str) -> str:
    return "".join(c for c in words if c.isprintable())[:MAX_SAID].strip().rstrip(".")


def _moment(told: Any) -> datetime | None:
    try:
        at = datetime.fromisoformat(told) if isinstance(told, str) else None
    except ValueError:
        return None
    return at.replace(tzinfo=UTC) if at and at.tzinfo is None else at
