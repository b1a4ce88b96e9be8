"""The environment of a step: made from nothing, so that no setting or secret of the agent gets into a build."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from dominoci_agent.runtime.folder import BuildFolder

_KEPT = ("PATH", "LANG", "LC_ALL", "TZ", "USER", "LOGNAME", "SHELL")


@dataclass(frozen=True)
class BuildFacts:
    """What steps are told about their build; empty text where there is nothing to tell."""

    project: str
    number: int
    url: str
    ref: str
    branch: str | None
    tag: str | None
    commit: str


def domino_names(facts: BuildFacts, variables: Mapping[str, str]) -> dict[str, str]:
    """What `${domino.NAME}` may name: the facts, and each `DOMINO_*` variable of the build by its small name."""
    given = {name.removeprefix("DOMINO_").lower(): value for name, value in variables.items() if name.startswith("DOMINO_")}
    return given | {
        "project": facts.project,
        "build_number": str(facts.number),
        "build_url": facts.url,
        "ref": facts.ref,
        "branch": facts.branch or "",
        "tag": facts.tag or "",
        "commit": facts.commit,
    }


def step_environment(facts: BuildFacts, variables: Mapping[str, str], folder: BuildFolder) -> dict[str, str]:
    """What every step of a build gets."""
    base = {name: os.environ[name] for name in _KEPT if name in os.environ}
    base.setdefault("PATH", os.defpath)
    base.setdefault("LANG", "C.UTF-8")
    return {
        **base,
        **variables,
        "HOME": str(folder.home),
        "TMPDIR": str(folder.tmp),
        "PWD": str(folder.workspace),
        "CI": "true",
        "DOMINO_PROJECT": facts.project,
        "DOMINO_BUILD_NUMBER": str(facts.number),
        "DOMINO_BUILD_URL": facts.url,
        "DOMINO_BRANCH": facts.branch or "",
        "DOMINO_TAG": facts.tag or "",
        "DOMINO_COMMIT": facts.commit,
        "DOMINO_WORKSPACE": str(folder.workspace),
        "DOMINO_INPUTS": str(folder.inputs),
        "DOMINO_SOURCE": str(folder.source),
    }
