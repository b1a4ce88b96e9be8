"""Carrying the plan of a graph file out, by the services that people's own changes go through."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dominoci.domain.graph_file.faults import Faults
from dominoci.domain.graph_file.fields import DEPENDENCY, PROJECT
from dominoci.domain.graph_file.model import GraphFile, Present, WantedProject
from dominoci.domain.graph_file.plan import SECRETS, Change, Plan, wanted_settings
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import dependencies, projects
from dominoci.services.access import Principal

FILTERS = ("branches", "tags", "pipelines")


@dataclass(frozen=True)
class Looked:
    """A file beside the graph that is there."""

    file: GraphFile
    present: Present
    plan: Plan
    faults: Faults


class Work:
    """Carries a plan out: removes first, so that a dependency may turn round without closing a cycle on the way."""

    def __init__(self, uow: UnitOfWork, who: Principal, looked: Looked, secrets: Mapping[str, str]) -> None:
        self._uow, self._who, self._looked, self._secrets = uow, who, looked, secrets
        self._ids = {name: project.id for name, project in looked.present.projects.items()}

    def do(self) -> None:
        """All of it."""
        found = self._looked.plan
        for change in found.removed:
            self._remove(change)
        for change in (*found.added, *found.changed):
            if change.upstream is None:
                self._project(change)
        for change in (*found.added, *found.changed):
            if change.upstream is not None:
                self._dependency(change, change.upstream)

    def _remove(self, change: Change) -> None:
        project = self._ids[change.project]
        if change.upstream is None:
            projects.remove(self._uow, self._who, project)
        else:
            dependencies.remove(self._uow, self._who, project, change.id or "")

    def _project(self, change: Change) -> None:
        wanted = self._looked.file.projects[change.project]
        settings = wanted_settings(wanted, self._looked.present)
        target = target_of(wanted, self._secrets)
        if change.id is None:
            body = {**settings, "name": change.project, "target": target}
            self._ids[change.project] = projects.create(self._uow, self._who, body)["id"]
            return
        fields = {part.field for part in change.fields}
        body = {known.stored: settings[known.stored] for known in PROJECT if known.key in fields}
        projects.change(self._uow, self._who, change.id, body | ({"target": target} if fields & {"target", *SECRETS} else {}))

    def _dependency(self, change: Change, upstream: str) -> None:
        rules = self._looked.file.dependencies[change.project, upstream].rules
        fields = {part.field for part in change.fields} if change.id else {known.key for known in DEPENDENCY}
        body = {key: rules[key] for key in fields - set(FILTERS)}
        if fields & set(FILTERS):
            body["filters"] = {key: rules[key] for key in FILTERS}
        project = self._ids[change.project]
        if change.id is None:
            dependencies.add(self._uow, self._who, project, {**body, "upstream": self._ids[upstream]})
        else:
            dependencies.change(self._uow, self._who, project, change.id, body)


def sent_of(wanted: WantedProject, secrets: Mapping[str, str]) -> list[tuple[str, str]]:
    """The secrets of a project's target for which a value was sent, by name."""
    return [(name, secrets[secret.env]) for name, secret in wanted.secrets.items() if secrets.get(secret.env)]


def target_of(wanted: WantedProject, secrets: Mapping[str, str]) -> dict[str, Any]:
    """A project's target as the API takes it, with the secrets that were sent."""
    return {**wanted.settings["target"], **dict(sent_of(wanted, secrets))}
