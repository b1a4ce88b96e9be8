"""The tables (SQLAlchemy 2, no rules). One module a topic; `Base.metadata` holds them all."""

from dominoci.infra.models import accounts, audit, builds, graph, jobs, members, notices, plumbing, trees, trust
from dominoci.infra.models.base import Base

__all__ = ["Base", "accounts", "audit", "builds", "graph", "jobs", "members", "notices", "plumbing", "trees", "trust"]
