"""The limits for P1 and for logs: Flask routes that store what they are sent, with one ORM commit or at the end of a file, and do
nothing else."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask, request
from sqlalchemy import JSON
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from bench.database import Durable


class Base(DeclarativeBase):
    """The one table's base."""


class Accepted(Base):
    """What was sent."""

    __tablename__ = "accepted"

    id: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime]


def create_app() -> Flask:
    """The route over the database that BENCH_DATABASE names."""
    app = Flask(__name__)
    database = Durable(os.environ["BENCH_DATABASE"])
    Base.metadata.create_all(database.engine)

    @app.post("/accept")
    def accept() -> tuple[dict[str, int], int]:
        with database.writing() as connection, Session(connection) as session:
            row = Accepted(body=request.get_json(), at=datetime.now(UTC).replace(tzinfo=None))
            session.add(row)
            session.commit()
            return {"id": row.id}, 201

    @app.put("/log")
    def append() -> tuple[dict[str, int], int]:
        with Path(os.environ["BENCH_LOG"]).open("ab") as file:
            file.write(request.get_data())
            return {"size": file.tell()}, 200

    return app
