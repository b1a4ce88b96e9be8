"""`dominoci db`: the database's tables. The same app serves `flask --app dominoci.cli.db:migrating_app db …`."""

import ast
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

import dominoci
from dominoci.cli.common import DATA, Failed, choose, container

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy import Engine

    from dominoci.bootstrap import Container

NOT_CURRENT = "The database's tables are not those of this version: run `dominoci db upgrade`."


def folder() -> Path:
    """Where the migrations are: inside an installed package, at the top of a working copy."""
    package = Path(dominoci.__file__).parent
    return package / "migrations" if (package / "migrations").is_dir() else package.parents[1] / "migrations"


def migrating_app(shared: "Container | None" = None) -> "Flask":
    """An app with Flask-Migrate on the container's own engine and nothing else."""
    from flask import Flask
    from flask_migrate import Migrate
    from flask_sqlalchemy import SQLAlchemy

    from dominoci.infra.models import Base

    shared = shared or container(choose())
    engine = shared.database.engine

    class OneEngine(SQLAlchemy):
        """Flask-SQLAlchemy on the engine that everything else uses."""

        def _make_engine(self, *_: object) -> "Engine":
            return engine

    app = Flask("dominoci.migrations", static_folder=None)
    app.config["SQLALCHEMY_DATABASE_URI"] = engine.url
    db = OneEngine(app, metadata=Base.metadata)
    Migrate(app, db, directory=str(folder()), render_as_batch=True)
    return app


def bring_up_to_date(shared: "Container") -> None:
    """Applies every migration that the database does not have yet, and makes the user admin."""
    from dominoci.services import sessions

    if not is_current(shared):
        from flask_migrate import upgrade

        with migrating_app(shared).app_context():
            upgrade()
    shared.write(sessions.ensure_admin)


def with_database(work: Callable[["Container"], None], data: str | None) -> None:
    """`work` with a container on a database that is up to date. Raises Failed when it is not."""
    shared = container(choose(data=data))
    require_current(shared)
    work(shared)


def require_current(shared: "Container") -> None:
    """Raises Failed when the database is not at the newest revision."""
    if not is_current(shared):
        raise Failed(NOT_CURRENT)


def is_current(shared: "Container") -> bool:
    """Whether the database is at the newest revision; found without Alembic, whose import would slow every start."""
    from sqlalchemy import inspect, text

    with shared.database.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return False
        return set(connection.scalars(text("SELECT version_num FROM alembic_version"))) == newest()


def newest() -> set[str]:
    """The revisions that no other one follows, read from the files themselves."""
    texts = [path.read_text() for path in (folder() / "versions").glob("*.py")]
    named = {name: [_assigned(text, name) for text in texts] for name in ("revision", "down_revision")}
    return {str(revision) for revision in named["revision"]} - {str(revision) for revision in named["down_revision"]}


def _assigned(text: str, name: str) -> object:
    """The constant that a module's text gives to `name`."""
    for statement in ast.parse(text).body:
        targets = [statement.target] if isinstance(statement, ast.AnnAssign) else getattr(statement, "targets", [])
        value = getattr(statement, "value", None)
        if any(isinstance(target, ast.Name) and target.id == name for target in targets) and isinstance(value, ast.Constant):
            return value.value
    return None


@click.group()
def db() -> None:
    """The database's tables."""


@db.command()
@DATA
def upgrade(data: str | None) -> None:
    """Bring the database to this version's tables; one that is there already stays as it is."""
    bring_up_to_date(container(choose(data=data)))


@db.command()
@DATA
def check(data: str | None) -> None:
    """Say whether migrations and models agree (for developers)."""
    from flask_migrate import check as compare

    with migrating_app(container(choose(data=data))).app_context():
        compare()


@db.command()
@click.argument("message")
@DATA
def revision(message: str, data: str | None) -> None:
    """Write the next migration from the difference between models and database (for developers)."""
    from flask_migrate import migrate

    with migrating_app(container(choose(data=data))).app_context():
        migrate(message=message, rev_id=_next_id())


def _next_id() -> str:
    return f"{len(list((folder() / 'versions').glob('*.py'))) + 1:04d}"
