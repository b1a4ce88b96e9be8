"""`dominoci db`: the database's tables. The same app serves `flask --app dominoci.cli.db:migrating_app db …`."""

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
    from flask_migrate import upgrade

    from dominoci.services import sessions

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
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    with shared.database.engine.connect() as connection:
        found = set(MigrationContext.configure(connection).get_current_heads())
    if found != set(ScriptDirectory(str(folder())).get_heads()):
        raise Failed(NOT_CURRENT)


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
