"""Settings: the only place that reads the environment."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dominoci.config.environment import (
    SettingsError,
    base_address,
    bearer,
    choice_of,
    list_of,
    number_of,
    shown_host,
    text_of,
)
from dominoci.config.sections import (
    ChatSettings,
    ElasticsearchSettings,
    GitHubApp,
    IrcSettings,
    Keeping,
    KoalaSettings,
    MailServer,
    ProviderSettings,
    SignUp,
    StorageSettings,
    read_elasticsearch,
    read_github_app,
    read_irc,
    read_keeping,
    read_koala,
    read_mail,
    read_notify_kinds,
    read_providers,
    read_sign_up,
    read_storage,
    read_web_worker_class,
)
from dominoci.config.table import BY_NAME, NOTIFY_KINDS, SETTINGS, Setting

__all__ = [
    "NOTIFY_KINDS",
    "SETTINGS",
    "ChatSettings",
    "Effective",
    "ElasticsearchSettings",
    "GitHubApp",
    "IrcSettings",
    "Keeping",
    "KoalaSettings",
    "MailServer",
    "ProviderSettings",
    "Remote",
    "Setting",
    "Settings",
    "SettingsError",
    "SignUp",
    "StorageSettings",
    "effective",
    "secret_values",
    "valkey_socket",
]


@dataclass(frozen=True)
class Settings:
    """All settings, read and checked. Durations in seconds, sizes in bytes."""

    host: str = "127.0.0.1"
    port: int = 8080
    data: Path = field(default_factory=lambda: Path("data"))
    database_url: str = ""
    redis_url: str = ""
    secret_keys: tuple[str, ...] = ()
    public_url: str = ""
    allowed_hosts: tuple[str, ...] = ()
    live_cap: int = 64
    poll_cap: int = 16
    web_workers: int = 1
    web_worker_class: str = "gthread"
    max_tree_events: int = 10_000
    max_chain_depth: int = 10
    lease_s: int = 20
    max_build_s: int = 3600
    max_artifact: int = 512 << 20
    max_log: int = 100 << 20
    log_level: str = "INFO"
    failpoints: frozenset[str] = frozenset()
    providers: tuple[ProviderSettings, ...] = ()
    password_login: bool = True
    sign_up: SignUp = field(default_factory=SignUp)
    contact: str = ""
    koala: KoalaSettings = field(default_factory=KoalaSettings)
    max_priority: int = 100
    storage: StorageSettings = field(default_factory=StorageSettings)
    keeping: Keeping = field(default_factory=Keeping)
    github_url: str = "https://github.com"
    gitlab_url: str = "https://gitlab.com"
    github_app: GitHubApp = field(default_factory=GitHubApp)
    chat: ChatSettings = field(default_factory=ChatSettings)
    elasticsearch: ElasticsearchSettings = field(default_factory=ElasticsearchSettings)
    mail: MailServer | None = None
    notify_kinds: tuple[str, ...] = ()
    notify_rate: int = 30

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None, **overrides: Any) -> "Settings":
        """Settings from `environ` (default: the process's), with `overrides` (from flags) on top. Raises SettingsError.

        Every setting may also come from a file named by the variable with `_FILE` behind it.
        """
        env = os.environ if environ is None else environ
        data = Path(overrides.pop("data", None) or text_of(env, "DOMINOCI_DATA")).expanduser().absolute()
        host = overrides.pop("host", None) or text_of(env, "DOMINOCI_HOST")
        port = overrides.pop("port", None) or number_of(env, "DOMINOCI_PORT", 1, 65535)
        keys = list_of(env, "DOMINOCI_SECRET_KEY")
        public = text_of(env, "DOMINOCI_PUBLIC_URL").rstrip("/") or f"http://{shown_host(host)}:{port}"
        return cls(
            host=host,
            port=port,
            data=data,
            database_url=text_of(env, "DATABASE_URL") or f"sqlite:///{data / 'dominoci.sqlite'}",
            redis_url=text_of(env, "REDIS_URL") or f"unix://{valkey_socket(data)}",
            secret_keys=keys,
            public_url=public,
            allowed_hosts=list_of(env, "DOMINOCI_ALLOWED_HOSTS"),
            live_cap=number_of(env, "DOMINOCI_LIVE_CAP", 1, 5000),
            poll_cap=number_of(env, "DOMINOCI_POLL_CAP", 1, 5000),
            web_workers=number_of(env, "DOMINOCI_WEB_WORKERS", 1, 64),
            web_worker_class=read_web_worker_class(env),
            max_tree_events=number_of(env, "DOMINOCI_MAX_TREE_EVENTS", 1, 1_000_000),
            max_chain_depth=number_of(env, "DOMINOCI_MAX_CHAIN_DEPTH", 1, 1000),
            lease_s=number_of(env, "DOMINOCI_LEASE_S", 2, 3600),
            max_build_s=number_of(env, "DOMINOCI_MAX_BUILD_S", 1, 7 * 86400),
            max_artifact=number_of(env, "DOMINOCI_MAX_ARTIFACT_MB", 1, 1 << 20) << 20,
            max_log=number_of(env, "DOMINOCI_MAX_LOG_MB", 1, 1 << 20) << 20,
            log_level=text_of(env, "DOMINOCI_LOG_LEVEL").upper(),
            failpoints=frozenset(list_of(env, "DOMINOCI_FAILPOINTS")),
            providers=read_providers(env),
            password_login=choice_of(env, "DOMINOCI_PASSWORD_LOGIN", ("on", "off")) == "on",
            sign_up=read_sign_up(env),
            contact=text_of(env, "DOMINOCI_CONTACT")[:300],
            koala=read_koala(env),
            max_priority=number_of(env, "DOMINOCI_MAX_PRIORITY", 0, 100),
            storage=read_storage(env),
            keeping=read_keeping(env),
            github_url=text_of(env, "DOMINOCI_GITHUB_URL").rstrip("/"),
            gitlab_url=text_of(env, "DOMINOCI_GITLAB_URL").rstrip("/"),
            github_app=read_github_app(env),
            chat=ChatSettings(read_irc(env), text_of(env, "DOMINOCI_SLACK_SIGNING_SECRET")),
            elasticsearch=read_elasticsearch(env),
            mail=read_mail(env),
            notify_kinds=read_notify_kinds(env),
            notify_rate=number_of(env, "DOMINOCI_NOTIFY_RATE", 1, 1000),
            **overrides,
        )


@dataclass(frozen=True)
class Remote:
    """The arbiter that a command speaks to over HTTP, and the token that it shows there."""

    url: str
    token: str = field(repr=False)

    @classmethod
    def from_env(
        cls, environ: Mapping[str, str] | None = None, *, url: str | None = None, token: str | None = None
    ) -> "Remote":
        """The same settings rules as for `Settings`; `url` and `token` (from flags) go first. Raises SettingsError."""
        env = os.environ if environ is None else environ
        return cls(base_address(url or text_of(env, "DOMINOCI_URL")), bearer(token or text_of(env, "DOMINOCI_TOKEN")))


@dataclass(frozen=True)
class Effective:
    """One setting as it is in force: `value` is text, None for a secret, of which only `is_set` is told. `source` is environment,
    file or default; flags of `dominoci up` reach its processes as environment."""

    setting: Setting
    value: str | None
    is_set: bool
    source: str


def effective(environ: Mapping[str, str] | None = None) -> list[Effective]:
    """The settings of this process and where each comes from, but those of commands that speak to another one."""
    env = os.environ if environ is None else environ
    found = []
    for setting in SETTINGS:
        if setting.name in ("DOMINOCI_URL", "DOMINOCI_TOKEN"):
            continue
        value = text_of(env, setting.name)
        file = bool(env.get(f"{setting.name}_FILE"))
        source = "file" if file else "default" if value == setting.default else "environment"
        found.append(Effective(setting, None if setting.secret else value, bool(value), source))
    return found


def secret_values(names: Iterable[str], environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """Of the secrets that a graph file names those that are set here: in the variable, or in the file that NAME_FILE names.
    Raises SettingsError for the arbiter's own variables, which no file may ask for."""
    env = os.environ if environ is None else environ
    found = {}
    for name in names:
        if name.startswith("DOMINOCI_") or name in BY_NAME:
            raise SettingsError(f"the file asks for {name} as a secret: that is a setting of ours, name it otherwise")
        if value := text_of(env, name):
            found[name] = value
    return found


def valkey_socket(data: Path) -> Path:
    """Where the embedded Valkey listens: in the data folder, or in a short folder when that path is too long for a socket."""
    inside = data / "valkey.sock"
    if len(os.fsencode(inside)) < 100:
        return inside
    import hashlib
    import tempfile

    digest = hashlib.sha256(os.fsencode(data)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"dominoci-{os.getuid()}-{digest}.sock"
