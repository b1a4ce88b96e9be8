"""Settings: the only place that reads the environment. `SETTINGS` is what docs/settings.md is generated from."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit


class SettingsError(Exception):
    """A setting that cannot be used; the message names it and says what to do."""


@dataclass(frozen=True)
class Setting:
    """One setting: its variable, default (as text) and meaning."""

    name: str
    default: str
    meaning: str
    secret: bool = False


SETTINGS: tuple[Setting, ...] = (
    Setting("DOMINOCI_HOST", "127.0.0.1", "Address that the web process listens on."),
    Setting("DOMINOCI_PORT", "8080", "Port that the web process listens on."),
    Setting("DOMINOCI_DATA", "data", "Folder for the database, repositories, logs, artifacts and keys."),
    Setting("DATABASE_URL", "", "Empty: SQLite in the data folder. MySQL: mysql+pymysql://user:password@host/name.", True),
    Setting("REDIS_URL", "", "Redis or Valkey; empty: the embedded Valkey of `dominoci up`.", True),
    Setting("DOMINOCI_SECRET_KEY", "", "Secrets, comma-separated: the first signs, all verify; empty: made under data.", True),
    Setting("DOMINOCI_PUBLIC_URL", "", "Address in links and callbacks (Host is never trusted); empty: http://HOST:PORT."),
    Setting("DOMINOCI_ALLOWED_HOSTS", "", "Hosts, host:port or networks (CIDR), comma-separated, allowed though private."),
    Setting("DOMINOCI_LIVE_CAP", "64", "Most live sockets of one web process; more are refused with 1013 and the page polls."),
    Setting("DOMINOCI_POLL_CAP", "16", "Most long polls of agents held by one web process at a time."),
    Setting("DOMINOCI_WEB_WORKERS", "1", "Gunicorn worker processes."),
    Setting("DOMINOCI_MAX_TREE_EVENTS", "10000", "Most events of one tree."),
    Setting("DOMINOCI_MAX_CHAIN_DEPTH", "10", "Most trees in a chain in which each was caused by an event of the one before."),
    Setting("DOMINOCI_LEASE_S", "20", "Seconds after which a silent agent's build is put back."),
    Setting("DOMINOCI_MAX_BUILD_S", "3600", "Most seconds that one build may run."),
    Setting("DOMINOCI_MAX_ARTIFACT_MB", "512", "Largest artifact, in MiB."),
    Setting("DOMINOCI_MAX_LOG_MB", "100", "Largest log of one step, in MiB; what is more is cut with a note."),
    Setting("DOMINOCI_MAX_CACHE_MB", "1024", "Largest cache that a build may keep for the next one, in MiB."),
    Setting("DOMINOCI_PROJECT_CACHES_MB", "5120", "All caches of one project, in MiB; the ones unused for longest make room."),
    Setting("DOMINOCI_CACHE_DAYS", "30", "Days after which a cache that no build has used is removed; 0: never."),
    Setting("DOMINOCI_KEEP_DAYS", "90", "Days for which logs and artifacts of a build are kept; 0: for ever (operations.md)."),
    Setting("DOMINOCI_KEEP_BUILDS", "30", "Newest builds of each project that keep their files however old they are."),
    Setting("DOMINOCI_MAX_PRIORITY", "100", "Highest priority that maintainers may give to a project's builds, 0 to 100."),
    Setting(
        "DOMINOCI_STORAGE_URL",
        "",
        "Where artifacts, caches and finished logs are kept: empty (the data folder), another folder, or s3://bucket/prefix.",
    ),
    Setting("DOMINOCI_STORAGE_ENDPOINT", "", "Address of an S3-compatible store; empty: Amazon's."),
    Setting("DOMINOCI_STORAGE_REGION", "", "Region of the bucket; empty: what its endpoint takes as default."),
    Setting("DOMINOCI_STORAGE_KEY_ID", "", "Access key id of the store; empty: what the machine's own role or profile gives."),
    Setting("DOMINOCI_STORAGE_SECRET", "", "Its secret access key.", True),
    Setting("DOMINOCI_GITHUB_URL", "https://github.com", "GitHub to sign in with; the address of a GitHub Enterprise Server."),
    Setting("DOMINOCI_GITHUB_CLIENT_ID", "", "Client id of the OAuth app there; empty: no sign-in with GitHub."),
    Setting("DOMINOCI_GITHUB_CLIENT_SECRET", "", "Its client secret.", True),
    Setting("DOMINOCI_GITLAB_URL", "https://gitlab.com", "GitLab to sign in with."),
    Setting("DOMINOCI_GITLAB_CLIENT_ID", "", "Application id there; empty: no sign-in with GitLab."),
    Setting("DOMINOCI_GITLAB_CLIENT_SECRET", "", "Its secret.", True),
    Setting("DOMINOCI_OIDC_ISSUER", "", "Issuer of any other OpenID Connect provider, exactly as its discovery says it."),
    Setting("DOMINOCI_OIDC_CLIENT_ID", "", "Client id there; empty: no such sign-in."),
    Setting("DOMINOCI_OIDC_CLIENT_SECRET", "", "Its client secret.", True),
    Setting("DOMINOCI_OIDC_NAME", "Single sign-on", "What its button is called."),
    Setting("DOMINOCI_PASSWORD_LOGIN", "on", "on or off: whether people may sign in with a password (login links always work)."),
    Setting(
        "DOMINOCI_SIGN_UP",
        "closed",
        "Who gets an account: closed (whom an admin invites), invitation (owners of groups and projects invite too), "
        "organisation (also members of the listed organisations and mail domains), open (everybody).",
    ),
    Setting("DOMINOCI_SIGN_UP_DOMAINS", "", "Mail domains, comma-separated, whose confirmed addresses may sign up."),
    Setting("DOMINOCI_SIGN_UP_ORGANISATIONS", "", "GitHub organisations and GitLab groups, comma-separated, that may sign up."),
    Setting("DOMINOCI_CONTACT", "", "Whom people ask who cannot sign in, such as an address or a channel; shown on that page."),
    Setting("DOMINOCI_LOG_LEVEL", "INFO", "DEBUG, INFO, WARNING or ERROR."),
    Setting("DOMINOCI_FAILPOINTS", "", "For tests: comma-separated named failpoints that end the process when reached."),
    Setting("DOMINOCI_URL", "http://127.0.0.1:8080", "Where commands that speak HTTP, and agents, find the arbiter."),
    Setting("DOMINOCI_TOKEN", "", "The token that these commands show: dcu_… of a user or dcp_… of a project.", True),
)
_BY_NAME = {setting.name: setting for setting in SETTINGS}


@dataclass(frozen=True)
class ProviderSettings:
    """One provider that people may sign in with; `kind` is github, gitlab or oidc, `url` its address or issuer."""

    kind: str
    name: str
    url: str
    client_id: str
    client_secret: str = field(repr=False)


@dataclass(frozen=True)
class StorageSettings:
    """Where finished files are kept: `url` is empty (the data folder), a folder, or s3://bucket/prefix; the rest is for S3."""

    url: str = ""
    endpoint: str = ""
    region: str = ""
    key_id: str = ""
    secret: str = field(default="", repr=False)


@dataclass(frozen=True)
class Keeping:
    """For how long files are kept: those of builds for `days` (0: for ever), and of the newest `builds` of a project in any
    case; caches for `cache_days` without use. Sizes in bytes."""

    days: int = 90
    builds: int = 30
    cache_days: int = 30
    max_cache: int = 1 << 30
    project_caches: int = 5 << 30


@dataclass(frozen=True)
class SignUp:
    """Who gets an account: `policy` is closed, invitation, organisation or open. `domains` are lower case."""

    policy: str = "closed"
    domains: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()


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
    sign_up: SignUp = SignUp()
    contact: str = ""
    max_priority: int = 100
    storage: StorageSettings = StorageSettings()
    keeping: Keeping = Keeping()

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None, **overrides: Any) -> "Settings":
        """Settings from `environ` (default: the process's), with `overrides` (from flags) on top. Raises SettingsError.

        Every setting may also come from a file named by the variable with `_FILE` behind it.
        """
        env = os.environ if environ is None else environ
        data = Path(overrides.pop("data", None) or _text(env, "DOMINOCI_DATA")).expanduser().absolute()
        host = overrides.pop("host", None) or _text(env, "DOMINOCI_HOST")
        port = overrides.pop("port", None) or _number(env, "DOMINOCI_PORT", 1, 65535)
        keys = _list(env, "DOMINOCI_SECRET_KEY")
        public = _text(env, "DOMINOCI_PUBLIC_URL").rstrip("/") or f"http://{_shown_host(host)}:{port}"
        return cls(
            host=host,
            port=port,
            data=data,
            database_url=_text(env, "DATABASE_URL") or f"sqlite:///{data / 'dominoci.sqlite'}",
            redis_url=_text(env, "REDIS_URL") or f"unix://{valkey_socket(data)}",
            secret_keys=keys,
            public_url=public,
            allowed_hosts=_list(env, "DOMINOCI_ALLOWED_HOSTS"),
            live_cap=_number(env, "DOMINOCI_LIVE_CAP", 1, 5000),
            poll_cap=_number(env, "DOMINOCI_POLL_CAP", 1, 5000),
            web_workers=_number(env, "DOMINOCI_WEB_WORKERS", 1, 64),
            max_tree_events=_number(env, "DOMINOCI_MAX_TREE_EVENTS", 1, 1_000_000),
            max_chain_depth=_number(env, "DOMINOCI_MAX_CHAIN_DEPTH", 1, 1000),
            lease_s=_number(env, "DOMINOCI_LEASE_S", 2, 3600),
            max_build_s=_number(env, "DOMINOCI_MAX_BUILD_S", 1, 7 * 86400),
            max_artifact=_number(env, "DOMINOCI_MAX_ARTIFACT_MB", 1, 1 << 20) << 20,
            max_log=_number(env, "DOMINOCI_MAX_LOG_MB", 1, 1 << 20) << 20,
            log_level=_text(env, "DOMINOCI_LOG_LEVEL").upper(),
            failpoints=frozenset(_list(env, "DOMINOCI_FAILPOINTS")),
            providers=_providers(env),
            password_login=_choice(env, "DOMINOCI_PASSWORD_LOGIN", ("on", "off")) == "on",
            sign_up=_sign_up(env),
            contact=_text(env, "DOMINOCI_CONTACT")[:300],
            max_priority=_number(env, "DOMINOCI_MAX_PRIORITY", 0, 100),
            storage=_storage(env),
            keeping=_keeping(env),
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
        return cls(_base_address(url or _text(env, "DOMINOCI_URL")), _bearer(token or _text(env, "DOMINOCI_TOKEN")))


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
        value = _text(env, setting.name)
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
        if name.startswith("DOMINOCI_") or name in _BY_NAME:
            raise SettingsError(f"the file asks for {name} as a secret: that is a setting of ours, name it otherwise")
        if value := _text(env, name):
            found[name] = value
    return found


def _providers(env: Mapping[str, str]) -> tuple[ProviderSettings, ...]:
    names = {"github": "GitHub", "gitlab": "GitLab", "oidc": _text(env, "DOMINOCI_OIDC_NAME")[:60]}
    return tuple(found for kind, name in names.items() if (found := _provider(env, kind, name)))


def _provider(env: Mapping[str, str], kind: str, name: str) -> ProviderSettings | None:
    prefix, address = f"DOMINOCI_{kind.upper()}", "ISSUER" if kind == "oidc" else "URL"
    client_id, client_secret = _text(env, f"{prefix}_CLIENT_ID"), _text(env, f"{prefix}_CLIENT_SECRET")
    if not client_id and not client_secret:
        return None
    url = _text(env, f"{prefix}_{address}")
    for part, value in (("CLIENT_ID", client_id), ("CLIENT_SECRET", client_secret), (address, url)):
        if not value:
            raise SettingsError(f"{prefix}_{part} is needed beside the others to sign in with {name}")
    if not _is_base(url):
        raise SettingsError(f"{prefix}_{address} must be http:// or https:// with a host, without user, password or query")
    return ProviderSettings(kind, name, url if kind == "oidc" else url.rstrip("/"), client_id, client_secret)


def _keeping(env: Mapping[str, str]) -> Keeping:
    return Keeping(
        days=_number(env, "DOMINOCI_KEEP_DAYS", 0, 100_000),
        builds=_number(env, "DOMINOCI_KEEP_BUILDS", 0, 100_000),
        cache_days=_number(env, "DOMINOCI_CACHE_DAYS", 0, 100_000),
        max_cache=_number(env, "DOMINOCI_MAX_CACHE_MB", 1, 1 << 20) << 20,
        project_caches=_number(env, "DOMINOCI_PROJECT_CACHES_MB", 1, 1 << 24) << 20,
    )


def _storage(env: Mapping[str, str]) -> StorageSettings:
    """Never repeats the address or the key: people write secrets where they do not belong."""
    names = {name: _text(env, f"DOMINOCI_STORAGE_{name.upper()}") for name in ("url", "endpoint", "region", "key_id", "secret")}
    url = names["url"] = names["url"].removeprefix("file://").rstrip("/")
    if url.startswith("s3://"):
        bucket = url.removeprefix("s3://").partition("/")[0]
        if not bucket or "@" in bucket or ":" in bucket or "?" in url or ".." in url.split("/"):
            raise SettingsError("DOMINOCI_STORAGE_URL must be s3://bucket/prefix; key and secret have settings of their own")
    elif url and not url.startswith("/"):
        raise SettingsError("DOMINOCI_STORAGE_URL must be an absolute path or s3://bucket/prefix")
    if names["endpoint"] and not _is_base(names["endpoint"]):
        raise SettingsError("DOMINOCI_STORAGE_ENDPOINT must be http:// or https:// with a host, without user, password or query")
    if bool(names["key_id"]) != bool(names["secret"]):
        raise SettingsError("DOMINOCI_STORAGE_KEY_ID and DOMINOCI_STORAGE_SECRET are needed both, or neither")
    return StorageSettings(**names)


def _sign_up(env: Mapping[str, str]) -> SignUp:
    policy = _choice(env, "DOMINOCI_SIGN_UP", ("closed", "invitation", "organisation", "open"))
    domains = tuple(domain.lower().lstrip("@") for domain in _list(env, "DOMINOCI_SIGN_UP_DOMAINS"))
    organisations = _list(env, "DOMINOCI_SIGN_UP_ORGANISATIONS")
    if policy == "organisation" and not domains and not organisations:
        raise SettingsError(
            "DOMINOCI_SIGN_UP=organisation needs DOMINOCI_SIGN_UP_ORGANISATIONS or DOMINOCI_SIGN_UP_DOMAINS: whose members?"
        )
    return SignUp(policy, domains, organisations)


def _base_address(text: str) -> str:
    if not _is_base(text):
        raise SettingsError("DOMINOCI_URL (--url) must be http:// or https:// with a host, without user, password or query")
    return text.rstrip("/").removesuffix("/api/v1")


def _is_base(text: str) -> bool:
    """Whether addresses can be made by writing a path behind it."""
    try:
        parts = urlsplit(text)
        usable = bool(parts.scheme in ("http", "https") and parts.hostname and parts.port != 0)
    except ValueError:
        return False
    return usable and not ("@" in parts.netloc or parts.query or parts.fragment or not text.isprintable() or " " in text)


def _bearer(text: str) -> str:
    """Never repeats the text: a wrong token is often another secret."""
    if not text:
        raise SettingsError(
            "a token is needed: DOMINOCI_TOKEN or DOMINOCI_TOKEN_FILE (`dominoci token create --user NAME` prints one)"
        )
    if not text.isascii() or not text.isprintable() or " " in text:
        raise SettingsError("DOMINOCI_TOKEN (--token) must be one word of printable ASCII")
    return text


def valkey_socket(data: Path) -> Path:
    """Where the embedded Valkey listens: in the data folder, or in a short folder when that path is too long for a socket."""
    inside = data / "valkey.sock"
    if len(os.fsencode(inside)) < 100:
        return inside
    import hashlib
    import tempfile

    digest = hashlib.sha256(os.fsencode(data)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"dominoci-{os.getuid()}-{digest}.sock"


def _text(env: Mapping[str, str], name: str) -> str:
    if path := env.get(f"{name}_FILE"):
        try:
            return Path(path).read_text().strip()
        except OSError as e:
            raise SettingsError(f"{name}_FILE: cannot read {path} ({e.strerror})") from e
    known = _BY_NAME.get(name)
    return env.get(name, "").strip() or (known.default if known else "")


def _list(env: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in _text(env, name).split(",") if part.strip())


def _choice(env: Mapping[str, str], name: str, words: tuple[str, ...]) -> str:
    text = _text(env, name).lower()
    if text not in words:
        raise SettingsError(f"{name} must be one of {', '.join(words)}, not {text!r}")
    return text


def _number(env: Mapping[str, str], name: str, low: int, high: int) -> int:
    text = _text(env, name)
    if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
        raise SettingsError(f"{name} must be a whole number from {low} to {high}, not {text!r}")
    return int(text)


def _shown_host(host: str) -> str:
    if host in ("0.0.0.0", "::", ""):  # noqa: S104 - compared, not bound
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host
