"""Builds what web, worker and scheduler share: one engine, one Redis client, the keys, the adapters."""

import os
import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

import structlog

from dominoci.adapters.agent import AgentAdapter
from dominoci.adapters.base import Adapter
from dominoci.adapters.github import GitHubAdapter
from dominoci.adapters.gitlab import GitLabAdapter
from dominoci.adapters.jenkins import JenkinsAdapter
from dominoci.adapters.webhook import WebhookAdapter
from dominoci.config import Settings, SettingsError
from dominoci.domain.keys import KeyRing
from dominoci.infra.db import Database
from dominoci.infra.failpoints import arm
from dominoci.infra.files import BuildFiles
from dominoci.infra.git import Hosting
from dominoci.infra.redis import Bell, connect
from dominoci.infra.unit_of_work import Transactions, UnitOfWork
from dominoci.notify import channels
from dominoci.outbound.client import GuardedClient
from dominoci.outbound.exchange import Caller
from dominoci.outbound.published_keys import PublishedKeys
from dominoci.outbound.remote_refs import RemoteRefs
from dominoci.reporting.elasticsearch import SearchServer
from dominoci.reporting.statuses import CommitStatuses
from dominoci.services.build_queue import DatabaseQueue
from dominoci.services.build_statuses import BuildStatusSender
from dominoci.services.hook_keeping import HookKeeper
from dominoci.services.journeys import Journeys
from dominoci.services.leased_sending import LeasedSender
from dominoci.services.notification_sending import NotificationSender
from dominoci.services.polling import Poller
from dominoci.services.repository_access import Repositories
from dominoci.services.repository_polls import RepositoryPolls
from dominoci.services.search_sending import SearchSender
from dominoci.services.sign_in import SignIn
from dominoci.services.upkeep import Upkeep
from dominoci.services.webhook_sending import WebhookSender
from dominoci.vendors.github_statuses import GitHubStatuses
from dominoci.vendors.gitlab_statuses import GitLabStatuses

if TYPE_CHECKING:
    from dominoci.services.signed_callers import SignedCallers

P = ParamSpec("P")
T = TypeVar("T")
KEY_FILE = "secret.key"


@dataclass(frozen=True)
class Container:
    """Everything that outlives a request. `write` and `read` run use cases, each in a transaction of its own."""

    settings: Settings
    database: Database
    bell: Bell
    keys: KeyRing
    transactions: Transactions
    outbound: GuardedClient
    remote_refs: RemoteRefs
    adapters: Mapping[str, Adapter]
    statuses: CommitStatuses
    files: BuildFiles
    hosting: Hosting

    def write(self, work: Callable[Concatenate[UnitOfWork, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """`work(uow, …)` in one transaction."""
        return self.transactions.write(work, *args, **kwargs)

    def read(self, work: Callable[Concatenate[UnitOfWork, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """`work(uow, …)` without writing."""
        return self.transactions.read(work, *args, **kwargs)

    @cached_property
    def sign_in(self) -> SignIn:
        """Password, login link, sign-up."""
        return SignIn(self.transactions)

    @cached_property
    def journeys(self) -> Journeys:
        """Sign-in at providers."""
        from dominoci.sso import providers  # only the web process needs Authlib

        return Journeys(self.transactions, providers.of_settings(self.settings))

    @cached_property
    def published_keys(self) -> PublishedKeys:
        """The keys of issuers of signed tokens."""
        return PublishedKeys(self.outbound, self.settings.allowed_hosts)

    @cached_property
    def signed_callers(self) -> "SignedCallers":
        """CI jobs that show a signed token."""
        from dominoci.services.signed_callers import SignedCallers  # only the web process needs joserfc

        return SignedCallers(self.transactions, self.published_keys)

    @cached_property
    def webhooks(self) -> WebhookSender:
        """Sends what projects' own webhooks are told."""
        return WebhookSender(self.transactions, Caller(self.outbound))

    @cached_property
    def notifications(self) -> NotificationSender:
        """Sends what people are told of their projects."""
        return NotificationSender(self.transactions, channels.of_settings(self.settings, Caller(self.outbound)))

    @cached_property
    def search(self) -> SearchSender | None:
        """Sends what Elasticsearch is told, where there is one."""
        settings = self.settings.elasticsearch
        return SearchSender(self.transactions, SearchServer(settings)) if settings.url else None

    @cached_property
    def build_statuses(self) -> BuildStatusSender:
        """Shows builds on their commits."""
        return BuildStatusSender(self.transactions, Caller(self.outbound))

    @cached_property
    def hook_keeper(self) -> HookKeeper:
        """Makes and looks after the webhooks of repositories elsewhere."""
        return HookKeeper(self.transactions, Caller(self.outbound))

    @cached_property
    def senders(self) -> Sequence[LeasedSender[Any]]:
        """Everything that sends what waits in a table of its own."""
        told = (self.webhooks, self.notifications, self.build_statuses, self.hook_keeper)
        return (*told, self.search) if self.search else told

    @cached_property
    def repositories(self) -> Repositories:
        """Repositories elsewhere, asked with the access that their projects have."""
        return Repositories(self.remote_refs, Caller(self.outbound))

    @cached_property
    def upkeep(self) -> Upkeep:
        """The scheduler's timers."""
        poller = Poller(self.transactions, self.adapters)
        looks = RepositoryPolls(self.transactions, self.repositories)
        return Upkeep(self.transactions, self.adapters, self.repositories, poller, self.statuses, looks, self.senders)


def build(settings: Settings, *, database: Database | None = None) -> Container:
    """The container for these settings. `database` is passed in by tests that move the clock."""
    arm(settings.failpoints)
    settings.data.mkdir(parents=True, exist_ok=True)
    database = database or _database(settings)
    bell = Bell(connect(settings.redis_url))
    keys = KeyRing(settings.secret_keys or (_own_key(settings),))
    transactions = Transactions(database, bell, settings, keys)
    outbound = _outbound(settings)
    caller = Caller(outbound)
    adapters: dict[str, Adapter] = {
        AgentAdapter.kind: AgentAdapter(DatabaseQueue(transactions)),
        GitHubAdapter.kind: GitHubAdapter(caller),
        GitLabAdapter.kind: GitLabAdapter(caller),
        WebhookAdapter.kind: WebhookAdapter(caller),
        JenkinsAdapter.kind: JenkinsAdapter(caller),
    }
    return Container(
        settings=settings,
        database=database,
        bell=bell,
        keys=keys,
        transactions=transactions,
        outbound=outbound,
        remote_refs=RemoteRefs(settings.allowed_hosts),
        adapters=adapters,
        statuses=CommitStatuses({GitHubAdapter.kind: GitHubStatuses(caller), GitLabAdapter.kind: GitLabStatuses(caller)}),
        files=BuildFiles.of(settings),
        hosting=Hosting(settings.data, settings.public_url),
    )


def _database(settings: Settings) -> Database:
    if settings.web_worker_class == "gthread":
        return Database(settings.database_url)
    # thousands of greenlets would open and close a connection for each look: 40 ms of the one thread that they all share
    return Database(settings.database_url, pool_size=60, overflow=0)


def _own_key(settings: Settings) -> str:
    """The key that was made at the first start, in a file that only this account can read.

    It appears whole: a process that starts at the same moment reads either nothing or all of it.
    """
    path = settings.data / KEY_FILE
    half = path.with_name(f".{KEY_FILE}.{os.getpid()}")
    try:
        if not path.exists():
            with os.fdopen(os.open(half, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(48))
            with suppress(FileExistsError):
                os.link(half, path)
            half.unlink()
        return path.read_text().strip()
    except OSError as e:
        raise SettingsError(f"cannot keep a key in {path}: {e.strerror}") from e


def _outbound(settings: Settings) -> GuardedClient:
    try:
        return GuardedClient(settings.allowed_hosts)
    except ValueError as e:
        raise SettingsError(f"DOMINOCI_ALLOWED_HOSTS: {e}") from e


def configure_logging(settings: Settings, process: str) -> None:
    """Structured logs on standard error, one JSON object a line; `process` names who speaks."""
    import logging
    import sys

    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            lambda _logger, _method, entry: {**entry, "process": process},
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(settings.log_level)),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
