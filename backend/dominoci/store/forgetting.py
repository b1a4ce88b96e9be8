"""Removing projects with everything that is about them. Only the demo is forgotten; other projects keep their history."""

from collections.abc import Sequence

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from dominoci.infra.models.accounts import Token
from dominoci.infra.models.builds import Build, BuildArtifact, BuildCache, ProjectSecret, Step
from dominoci.infra.models.graph import DependencyRow, Project, Refusal
from dominoci.infra.models.jobs import Deployment, Job, JobDefinition, RepositoryLink, Trigger
from dominoci.infra.models.members import Consent, ProjectMember, Star
from dominoci.infra.models.notices import BuildStatus, Notification, NotificationRule
from dominoci.infra.models.plumbing import DeliveryRow, Outbox, Webhook, WebhookMessage
from dominoci.infra.models.trees import Attempt, Change, Edge, Event, ReportRow, ResultRow, Tree
from dominoci.infra.models.trust import TrustRule


def forget_projects(session: Session, ids: Sequence[str]) -> None:
    """Deletes projects, the trees that they are the root of, their builds, dependencies, tokens and reports."""
    trees = select(Tree.id).where(Tree.root_project_id.in_(ids)).scalar_subquery()
    events = select(Event.id).where(Event.tree_id.in_(trees)).scalar_subquery()
    builds = select(Build.id).where(Build.project_id.in_(ids)).scalar_subquery()
    for table in (Attempt, Change, ResultRow, DeliveryRow, Outbox):
        session.execute(delete(table).where(table.event_id.in_(events)))
    for part in (Step, BuildArtifact, BuildStatus, Deployment):
        session.execute(delete(part).where(part.build_id.in_(builds)))
    session.execute(delete(Edge).where(Edge.tree_id.in_(trees)))
    session.execute(delete(Event).where(Event.tree_id.in_(trees)))
    session.execute(delete(Build).where(Build.project_id.in_(ids)))
    _forget_jobs(session, ids)
    session.execute(delete(ReportRow).where(ReportRow.project_id.in_(ids)))
    session.execute(delete(Tree).where(Tree.root_project_id.in_(ids)))
    session.execute(delete(Token).where(Token.subject_id.in_(ids)))
    touching = or_(DependencyRow.upstream_id.in_(ids), DependencyRow.downstream_id.in_(ids))
    session.execute(delete(DependencyRow).where(touching))
    session.execute(delete(Consent).where(or_(Consent.upstream_id.in_(ids), Consent.downstream_id.in_(ids))))
    hooks = select(Webhook.id).where(Webhook.project_id.in_(ids)).scalar_subquery()
    session.execute(delete(WebhookMessage).where(WebhookMessage.webhook_id.in_(hooks)))
    rules = select(NotificationRule.id).where(NotificationRule.project_id.in_(ids)).scalar_subquery()
    session.execute(delete(Notification).where(Notification.rule_id.in_(rules)))
    for about in (ProjectMember, Star, Refusal, TrustRule, Webhook, NotificationRule, ProjectSecret, BuildCache):
        session.execute(delete(about).where(about.project_id.in_(ids)))
    session.execute(delete(Project).where(Project.id.in_(ids)))


def _forget_jobs(session: Session, ids: Sequence[str]) -> None:
    """Copies go before what they were copied from."""
    own = list(session.scalars(select(Job.id).where(Job.project_id.in_(ids))))
    for about in (Trigger, RepositoryLink, JobDefinition):
        session.execute(delete(about).where(about.job_id.in_(own)))
    session.execute(delete(Job).where(Job.copied_from.in_(own)))
    session.execute(delete(Job).where(Job.id.in_(own)))
