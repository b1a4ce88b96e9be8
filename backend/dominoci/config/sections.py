"""Groups of settings that belong together, and how each is read."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from dominoci.config.environment import SettingsError, choice_of, is_base, list_of, number_of, text_of
from dominoci.config.table import NOTIFY_KINDS


@dataclass(frozen=True)
class ProviderSettings:
    """One provider that people may sign in with; `kind` is github, gitlab or oidc, `url` its address or issuer."""

    kind: str
    name: str
    url: str
    client_id: str
    client_secret: str = field(repr=False)


@dataclass(frozen=True)
class GitHubApp:
    """The arbiter's own GitHub App: what its webhooks are signed with, and how it signs in (empty: there is none)."""

    webhook_secret: str = field(default="", repr=False)
    app_id: str = ""
    private_key: str = field(default="", repr=False)


@dataclass(frozen=True)
class StorageSettings:
    """Where finished files are kept: `url` is empty (the data folder), a folder, or s3://bucket/prefix; the rest is for S3."""

    url: str = ""
    endpoint: str = ""
    region: str = ""
    key_id: str = ""
    secret: str = field(default="", repr=False)


@dataclass(frozen=True)
class ElasticsearchSettings:
    """The Elasticsearch that is told what has ended: `url` empty, nothing is. Names of its indices begin with `prefix`."""

    url: str = ""
    api_key: str = field(default="", repr=False)
    prefix: str = "dominoci"


@dataclass(frozen=True)
class IrcSettings:
    """The server and channel that the bot joins, and what it is called there."""

    host: str
    port: int
    tls: bool
    channel: str
    nick: str
    password: str = field(default="", repr=False)


@dataclass(frozen=True)
class ChatSettings:
    """Where people speak to the arbiter: `irc` None, nowhere there; no secret, not on Slack."""

    irc: IrcSettings | None = None
    slack_signing_secret: str = field(default="", repr=False)


@dataclass(frozen=True)
class KoalaSettings:
    """The koalaCI API: without `jwt_secret` it is off. Its builds run in `executor` (docker or local) and `image` (empty: the
    builder's own)."""

    jwt_secret: str = field(default="", repr=False)
    executor: str = "docker"
    image: str = ""


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
class MailServer:
    """Where mail is handed over. `security` is tls (from the first byte), starttls (demanded) or off."""

    host: str
    port: int
    security: str
    user: str
    password: str = field(repr=False)
    sender: str


@dataclass(frozen=True)
class SignUp:
    """Who gets an account: `policy` is closed, invitation, organisation or open. `domains` are lower case."""

    policy: str = "closed"
    domains: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()


def read_providers(env: Mapping[str, str]) -> tuple[ProviderSettings, ...]:
    names = {"github": "GitHub", "gitlab": "GitLab", "oidc": text_of(env, "DOMINOCI_OIDC_NAME")[:60]}
    return tuple(found for kind, name in names.items() if (found := read_provider(env, kind, name)))


def read_provider(env: Mapping[str, str], kind: str, name: str) -> ProviderSettings | None:
    prefix, address = f"DOMINOCI_{kind.upper()}", "ISSUER" if kind == "oidc" else "URL"
    client_id, client_secret = text_of(env, f"{prefix}_CLIENT_ID"), text_of(env, f"{prefix}_CLIENT_SECRET")
    if not client_id and not client_secret:
        return None
    url = text_of(env, f"{prefix}_{address}")
    for part, value in (("CLIENT_ID", client_id), ("CLIENT_SECRET", client_secret), (address, url)):
        if not value:
            raise SettingsError(f"{prefix}_{part} is needed beside the others to sign in with {name}")
    if not is_base(url):
        raise SettingsError(f"{prefix}_{address} must be http:// or https:// with a host, without user, password or query")
    return ProviderSettings(kind, name, url if kind == "oidc" else url.rstrip("/"), client_id, client_secret)


def read_web_worker_class(env: Mapping[str, str]) -> str:
    found = choice_of(env, "DOMINOCI_WEB_WORKER_CLASS", ("gthread", "gevent"))
    if found == "gevent" and not text_of(env, "DATABASE_URL").startswith("mysql"):
        # one greenlet in a write transaction would stop every other one that wants to write, and with them the process
        raise SettingsError("DOMINOCI_WEB_WORKER_CLASS=gevent needs MySQL or MariaDB (DATABASE_URL): with SQLite it stands still")
    if found == "gevent" and text_of(env, "DOMINOCI_STORAGE_URL").startswith("s3://"):
        raise SettingsError("DOMINOCI_WEB_WORKER_CLASS=gevent does not go together with s3:// storage: take gthread")
    return found


def read_elasticsearch(env: Mapping[str, str]) -> ElasticsearchSettings:
    """Never repeats address or key."""
    url, key = text_of(env, "DOMINOCI_ELASTICSEARCH_URL").rstrip("/"), text_of(env, "DOMINOCI_ELASTICSEARCH_API_KEY")
    if url and not is_base(url):
        raise SettingsError(
            "DOMINOCI_ELASTICSEARCH_URL must be http:// or https:// with a host, without user, password or query; the key has a"
            " setting of its own"
        )
    if not (key.isascii() and key.isprintable() and " " not in key):
        raise SettingsError("DOMINOCI_ELASTICSEARCH_API_KEY must be one word of printable ASCII")
    prefix = text_of(env, "DOMINOCI_ELASTICSEARCH_INDEX")
    if not re.fullmatch(r"[a-z0-9][a-z0-9_.-]{0,99}", prefix):
        raise SettingsError("DOMINOCI_ELASTICSEARCH_INDEX: small letters, digits, hyphens, dots and underscores only")
    return ElasticsearchSettings(url, key, prefix)


def read_irc(env: Mapping[str, str]) -> IrcSettings | None:
    """Never repeats the address: people write passwords into it."""
    url, nick = text_of(env, "DOMINOCI_IRC_URL"), text_of(env, "DOMINOCI_IRC_NICK")
    if not url:
        return None
    wrong = SettingsError("DOMINOCI_IRC_URL must be ircs://host:port/#channel (or irc://); the password has a setting of its own")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or (6697 if parts.scheme == "ircs" else 6667)
    except ValueError as e:
        raise wrong from e
    channel = f"#{parts.fragment}"
    plain = re.fullmatch(r"#[^\s,:\x00-\x1f\x7f]{1,49}", channel) is not None
    if parts.scheme not in ("irc", "ircs") or not host or "@" in parts.netloc or parts.path not in ("", "/") or not plain:
        raise wrong
    if not re.fullmatch(r"[A-Za-z\[\]\\`_^{|}][A-Za-z0-9\[\]\\`_^{|}-]{0,29}", nick):
        raise SettingsError("DOMINOCI_IRC_NICK must begin with a letter and hold letters, digits, - and _ only, at most 30")
    return IrcSettings(host, port, parts.scheme == "ircs", channel, nick, read_irc_password(env))


def read_irc_password(env: Mapping[str, str]) -> str:
    password = text_of(env, "DOMINOCI_IRC_PASSWORD")
    if not (password.isascii() and password.isprintable() and " " not in password):
        raise SettingsError("DOMINOCI_IRC_PASSWORD must be one word of printable ASCII")
    return password


def read_github_app(env: Mapping[str, str]) -> GitHubApp:
    found = GitHubApp(*(text_of(env, f"DOMINOCI_GITHUB_{name}") for name in ("WEBHOOK_SECRET", "APP_ID", "APP_PRIVATE_KEY")))
    if bool(found.app_id) != bool(found.private_key):
        raise SettingsError("DOMINOCI_GITHUB_APP_ID and DOMINOCI_GITHUB_APP_PRIVATE_KEY are needed both, or neither")
    return found


def read_koala(env: Mapping[str, str]) -> KoalaSettings:
    executor = choice_of(env, "DOMINOCI_KOALA_EXECUTOR", ("docker", "local"))
    return KoalaSettings(text_of(env, "JWT_SECRET"), executor, text_of(env, "DOMINOCI_KOALA_IMAGE"))


def read_keeping(env: Mapping[str, str]) -> Keeping:
    return Keeping(
        days=number_of(env, "DOMINOCI_KEEP_DAYS", 0, 100_000),
        builds=number_of(env, "DOMINOCI_KEEP_BUILDS", 0, 100_000),
        cache_days=number_of(env, "DOMINOCI_CACHE_DAYS", 0, 100_000),
        max_cache=number_of(env, "DOMINOCI_MAX_CACHE_MB", 1, 1 << 20) << 20,
        project_caches=number_of(env, "DOMINOCI_PROJECT_CACHES_MB", 1, 1 << 24) << 20,
    )


def read_storage(env: Mapping[str, str]) -> StorageSettings:
    """Never repeats the address or the key: people write secrets where they do not belong."""
    names = {name: text_of(env, f"DOMINOCI_STORAGE_{name.upper()}") for name in ("url", "endpoint", "region", "key_id", "secret")}
    url = names["url"] = names["url"].removeprefix("file://").rstrip("/")
    if url.startswith("s3://"):
        bucket = url.removeprefix("s3://").partition("/")[0]
        if not bucket or "@" in bucket or ":" in bucket or "?" in url or ".." in url.split("/"):
            raise SettingsError("DOMINOCI_STORAGE_URL must be s3://bucket/prefix; key and secret have settings of their own")
    elif url and not url.startswith("/"):
        raise SettingsError("DOMINOCI_STORAGE_URL must be an absolute path or s3://bucket/prefix")
    if names["endpoint"] and not is_base(names["endpoint"]):
        raise SettingsError("DOMINOCI_STORAGE_ENDPOINT must be http:// or https:// with a host, without user, password or query")
    if bool(names["key_id"]) != bool(names["secret"]):
        raise SettingsError("DOMINOCI_STORAGE_KEY_ID and DOMINOCI_STORAGE_SECRET are needed both, or neither")
    return StorageSettings(**names)


def read_mail(env: Mapping[str, str]) -> MailServer | None:
    """Never repeats the address: it may hold a password."""
    text, sender = text_of(env, "DOMINOCI_SMTP_URL"), text_of(env, "DOMINOCI_SMTP_FROM")
    if not text:
        return None
    try:
        parts = urlsplit(text)
        port = parts.port or {"smtp": 587, "smtps": 465}[parts.scheme]
        starttls = {"": "starttls", "starttls=off": "off"}[parts.query]
    except (ValueError, KeyError) as e:
        raise SettingsError("DOMINOCI_SMTP_URL must be smtp://host:port, perhaps ?starttls=off, or smtps://host:port") from e
    if not parts.hostname or not text.isprintable() or parts.path not in ("", "/"):
        raise SettingsError("DOMINOCI_SMTP_URL must name a host and nothing behind it; percent-encode user and password")
    if not re.fullmatch(r"[^<>@\r\n]*<?[^<>@\s]+@[^<>@\s]+>?", sender) or not sender.isprintable():
        raise SettingsError("DOMINOCI_SMTP_FROM is needed beside DOMINOCI_SMTP_URL: ci@example.org or DominoCI <ci@example.org>")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    security = "tls" if parts.scheme == "smtps" else starttls
    if password and security == "off":
        raise SettingsError("DOMINOCI_SMTP_URL: a password is not sent without TLS; leave ?starttls=off or the password out")
    return MailServer(parts.hostname, port, security, user, password, sender)


def read_notify_kinds(env: Mapping[str, str]) -> tuple[str, ...]:
    kinds = tuple(dict.fromkeys(kind.lower() for kind in list_of(env, "DOMINOCI_NOTIFY_KINDS")))
    if unknown := [kind for kind in kinds if kind not in NOTIFY_KINDS]:
        raise SettingsError(f"DOMINOCI_NOTIFY_KINDS: {unknown[0]!r} is none of {', '.join(NOTIFY_KINDS)}")
    return kinds


def read_sign_up(env: Mapping[str, str]) -> SignUp:
    policy = choice_of(env, "DOMINOCI_SIGN_UP", ("closed", "invitation", "organisation", "open"))
    domains = tuple(domain.lower().lstrip("@") for domain in list_of(env, "DOMINOCI_SIGN_UP_DOMAINS"))
    organisations = list_of(env, "DOMINOCI_SIGN_UP_ORGANISATIONS")
    if policy == "organisation" and not domains and not organisations:
        raise SettingsError(
            "DOMINOCI_SIGN_UP=organisation needs DOMINOCI_SIGN_UP_ORGANISATIONS or DOMINOCI_SIGN_UP_DOMAINS: whose members?"
        )
    return SignUp(policy, domains, organisations)
