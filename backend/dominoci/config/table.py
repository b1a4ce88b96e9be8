"""The table of settings: what docs/settings.md is generated from."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Setting:
    """One setting: its variable, default (as text) and meaning."""

    name: str
    default: str
    meaning: str
    secret: bool = False


# the kinds that `notify.by_apprise` knows
NOTIFY_KINDS = ("gchat", "pushover", "telegram")

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
    Setting(
        "DOMINOCI_WEB_WORKER_CLASS",
        "gthread",
        "gthread (a thread for each request and live socket) or gevent (thousands of live sockets; not with SQLite).",
    ),
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
    Setting("DOMINOCI_GITHUB_WEBHOOK_SECRET", "", "Webhook secret of a GitHub App whose installations make projects.", True),
    Setting("DOMINOCI_GITHUB_APP_ID", "", "That App's id; its installations' projects are then read as this App."),
    Setting("DOMINOCI_GITHUB_APP_PRIVATE_KEY", "", "Its private key (PEM); needed beside the id.", True),
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
    Setting("DOMINOCI_ELASTICSEARCH_URL", "", "Elasticsearch that is told of finished builds and events; empty: none."),
    Setting("DOMINOCI_ELASTICSEARCH_API_KEY", "", "API key for it, encoded as Elasticsearch shows it.", True),
    Setting("DOMINOCI_ELASTICSEARCH_INDEX", "dominoci", "What the names of its indices begin with."),
    Setting("DOMINOCI_IRC_URL", "", "Where `dominoci bot` is: ircs://host:port/#channel, irc:// without TLS; empty: nowhere."),
    Setting("DOMINOCI_IRC_NICK", "dominoci", "What the bot is called there."),
    Setting("DOMINOCI_IRC_PASSWORD", "", "Password of that server, if it asks for one.", True),
    Setting("DOMINOCI_SLACK_SIGNING_SECRET", "", "Signing secret of the Slack app whose slash commands are taken.", True),
    Setting("JWT_SECRET", "", "Secret of the JWTs (HS256) that callers of the koalaCI API show; empty: that API is off.", True),
    Setting("DOMINOCI_KOALA_EXECUTOR", "docker", "What builds of the koalaCI API run in: docker, or local (koala-ci.md)."),
    Setting("DOMINOCI_KOALA_IMAGE", "", "Image that they run in; empty: the builder's own."),
    Setting("DOMINOCI_CONTACT", "", "Whom people ask who cannot sign in, such as an address or a channel; shown on that page."),
    Setting(
        "DOMINOCI_SMTP_URL",
        "",
        "Mail server for notifications: smtp://user:password@host:587 (STARTTLS is demanded; ?starttls=off where there is none) "
        "or smtps://…; empty: no mail.",
        True,
    ),
    Setting("DOMINOCI_SMTP_FROM", "", "Sender of these mails, such as DominoCI <ci@example.org>."),
    Setting(
        "DOMINOCI_NOTIFY_KINDS",
        "",
        "Further kinds of chat for notifications, by Apprise, comma-separated: gchat, pushover, telegram (notifications.md).",
    ),
    Setting("DOMINOCI_NOTIFY_RATE", "30", "Most messages that one notification rule sends within an hour, 1 to 1000."),
    Setting("DOMINOCI_LOG_LEVEL", "INFO", "DEBUG, INFO, WARNING or ERROR."),
    Setting("DOMINOCI_FAILPOINTS", "", "For tests: comma-separated named failpoints that end the process when reached."),
    Setting("DOMINOCI_URL", "http://127.0.0.1:8080", "Where commands that speak HTTP, and agents, find the arbiter."),
    Setting("DOMINOCI_TOKEN", "", "The token that these commands show: dcu_… of a user or dcp_… of a project.", True),
)
BY_NAME = {setting.name: setting for setting in SETTINGS}
