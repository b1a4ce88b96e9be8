"""The migrations make exactly the tables of the models, on SQLite and on MariaDB."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from flask_migrate import downgrade
from sqlalchemy import inspect

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


@pytest.fixture
def migrated(database_url: str, tmp_path: Path) -> Iterator[Container]:
    """A container on a database that `dominoci db upgrade` has just made."""
    made = bootstrap.build(Settings(data=tmp_path, database_url=database_url, redis_url=f"unix://{tmp_path / 'no.sock'}"))
    bring_up_to_date(made)
    yield made
    made.database.engine.dispose()


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
