"""The migrations make exactly the tables of the models, on SQLite and on MariaDB."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from flask_migrate import downgrade, upgrade
from sqlalchemy import Connection, inspect, text

from dominoci import bootstrap
from dominoci.bootstrap import Container
from dominoci.cli.db import bring_up_to_date, migrating_app, require_current
from dominoci.config import Settings
from dominoci.domain.reports import Metadata, Report
from dominoci.domain.states import ResultStatus
from dominoci.infra.models import Base
from dominoci.services import projects, reports
from dominoci.services.access import Principal

ADMIN = Principal("user", "u", "admin", is_admin=True)
THEN = datetime(2026, 1, 2, tzinfo=UTC).replace(tzinfo=None)
COMMIT = "a" * 40


@pytest.fixture
def empty(database_url: str, tmp_path: Path) -> Iterator[Container]:
    """A container on a database without tables."""
    made = bootstrap.build(Settings(data=tmp_path, database_url=database_url, redis_url=f"unix://{tmp_path / 'no.sock'}"))
    yield made
    made.database.engine.dispose()


@pytest.fixture
def migrated(empty: Container) -> Container:
    """A container on a database that `dominoci db upgrade` has just made."""
    bring_up_to_date(empty)
    return empty


def test_the_migrations_make_the_tables_of_the_models(migrated: Container) -> None:
    app = migrating_app(migrated)
    with app.app_context(), migrated.database.engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection, opts={"compare_type": same_type}), Base.metadata)
    assert [str(difference) for difference in found] == []


def same_type(_context: object, _column: object, _model: object, found: object, wanted: object) -> bool | None:
    """As migrations/env.py: MariaDB keeps JSON as LONGTEXT."""
    return False if (type(wanted).__name__, type(found).__name__) == ("JSON", "LONGTEXT") else None


def test_a_second_upgrade_changes_nothing(migrated: Container) -> None:
    before = inspect(migrated.database.engine).get_table_names()
    bring_up_to_date(migrated)
    require_current(migrated)
    assert inspect(migrated.database.engine).get_table_names() == before


def test_what_the_migrations_make_can_be_worked_with(migrated: Container) -> None:
    project = migrated.write(projects.create, ADMIN, {"name": "core"})["id"]
    told = Report(ResultStatus.SUCCESS, Metadata(branch="main", message="päckchen 🎲"))
    status, answer = migrated.write(reports.report, Principal("project", project, "core"), told, "key")
    assert (status, answer["sub_id"]) == (201, "1")
    assert migrated.write(reports.report, Principal("project", project, "core"), told, "key") == (200, answer)


def test_the_way_back_leaves_nothing_behind(migrated: Container) -> None:
    with migrating_app(migrated).app_context():
        downgrade(revision="base")
    assert inspect(migrated.database.engine).get_table_names() == ["alembic_version"]
    bring_up_to_date(migrated)
    require_current(migrated)


# metadata as version 0001 kept it, and the commit and lane that it stands for
KEPT_BY_0001: list[tuple[dict[str, Any], str | None, str]] = [
    ({"branch": "main", "tag": None, "commit": COMMIT, "message": "päckchen 🎲"}, COMMIT, "refs/heads/main"),
    ({"branch": "feature/\"ü\" 'x'", "tag": None, "commit": None}, None, "refs/heads/feature/\"ü\" 'x'"),
    ({"branch": None, "tag": "v1", "commit": COMMIT}, COMMIT, "refs/tags/v1"),
    ({"branch": "main", "tag": "v1", "commit": COMMIT}, COMMIT, "refs/heads/main"),
    ({"branch": None, "tag": None, "commit": None}, None, ""),
    ({"branch": "main"}, None, "refs/heads/main"),
    ({}, None, ""),
]


def test_what_version_0001_kept_gets_its_commits_and_lanes_also_after_the_way_back(empty: Container) -> None:
    with migrating_app(empty).app_context():
        upgrade(revision="0001")
        with empty.database.engine.begin() as connection:
            for number, (meta, _, _) in enumerate(KEPT_BY_0001):
                old_tree(connection, f"tree{number}", meta)
        upgrade(revision="0002")
        downgrade(revision="0001")
        upgrade(revision="0002")
    with empty.database.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            assert connection.scalar(text("PRAGMA foreign_keys")) == 1
            assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
        tree_rows = connection.execute(text("SELECT root_commit, lane, held, depth, cause_tree_id FROM trees ORDER BY id")).all()
        results = connection.execute(text("SELECT `commit`, meta FROM results ORDER BY event_id")).all()
    assert [tuple(row) for row in tree_rows] == [(commit, lane, 0, 1, None) for _, commit, lane in KEPT_BY_0001]
    assert [(row[0], json.loads(row[1])) for row in results] == [(commit, meta) for meta, commit, _ in KEPT_BY_0001]


def old_tree(connection: Connection, name: str, meta: dict[str, Any]) -> None:
    """A finished tree of one event with its result, as version 0001 wrote it."""
    said = json.dumps(meta)
    tree = {"id": name, "root_project_id": "p", "root_project_name": "core", "root_meta": said, "state": "success"}
    insert(connection, "trees", **tree, event_count=1, unfinished=0, version=1, opened_at=THEN, finished_at=THEN)
    event: dict[str, Any] = {"id": name, "tree_id": name, "position": 0, "sub_id": "1", "project_id": "p", "project_name": "core"}
    event |= {"join_rule": "all", "state": "success", "reason_code": "reported", "reason_params": "{}", "target": "{}"}
    event |= {"pending": 0, "passed": 0, "blocked": 0, "attempt": 1, "start_deadline_s": 60, "finish_deadline_s": 60}
    insert(connection, "events", **event, default_branch="main")
    result = {"event_id": name, "attempt": 1, "digest": "0" * 64, "status": "SUCCESS", "meta": said, "links": "{}"}
    insert(connection, "results", **result, artifacts="[]", late=False, received_at=THEN)


def insert(connection: Connection, table: str, **values: object) -> None:
    """One row, past the models: they are those of today."""
    columns = ", ".join(values)
    connection.execute(text(f"INSERT INTO {table} ({columns}) VALUES ({', '.join(f':{name}' for name in values)})"), values)
