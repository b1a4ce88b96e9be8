"""How the arbiter itself is doing."""

from marshmallow import fields

from dominoci.api.fields import Choice, Moment
from dominoci.api.schemas.base import Answer


class SystemOutbox(Answer):
    """What waits to be sent: rows by state, since when the oldest that is due waits, and senders that fell silent."""

    pending = fields.Integer()
    leased = fields.Integer()
    dead = fields.Integer()
    oldest_due_at = Moment(allow_none=True)
    oldest_due_s = fields.Float(allow_none=True)
    lapsed_leases = fields.Integer()
    last_lease_at = Moment(allow_none=True)


class SystemTimer(Answer):
    """A repeated task: when it is due next, and how often."""

    name = fields.String(metadata={"examples": ["deadlines"]})
    due_at = Moment()
    every_s = fields.Float(allow_none=True)


class SystemScheduler(Answer):
    """When a scheduler last took a turn; `silent` when that is more than 30 s ago."""

    last_seen_at = Moment(allow_none=True)
    silent = fields.Boolean()
    timers = fields.List(fields.Nested(SystemTimer))


class SystemDatabase(Answer):
    """The database, and the revision of its tables."""

    kind = fields.String(metadata={"examples": ["MariaDB"]})
    version = fields.String(metadata={"examples": ["10.11.6-MariaDB"]})
    revision = fields.String(allow_none=True, metadata={"examples": ["0003"]})


class SystemRedis(Answer):
    """Whether Redis answers this process, in words too."""

    up = fields.Boolean()
    text = fields.String(metadata={"examples": ["up"]})


class SystemDisk(Answer):
    """The file system of the data folder, in bytes."""

    path = fields.String(metadata={"examples": ["/srv/dominoci/data"]})
    total = fields.Integer()
    free = fields.Integer()


class System(Answer):
    """How the arbiter itself is doing. `last_send_at` is when a worker last sent something to a CI system."""

    version = fields.String(metadata={"examples": ["0.1.0"]})
    outbox = fields.Nested(SystemOutbox)
    builds = fields.Dict(keys=fields.String(), values=fields.Integer(), metadata={"examples": [{"queued": 2, "running": 1}]})
    scheduler = fields.Nested(SystemScheduler)
    last_send_at = Moment(allow_none=True)
    database = fields.Nested(SystemDatabase)
    redis = fields.Nested(SystemRedis)
    disk = fields.Nested(SystemDisk)


class EffectiveSetting(Answer):
    """A setting as it is in force; of a secret only whether it is set."""

    name = fields.String(metadata={"examples": ["DOMINOCI_LEASE_S"]})
    meaning = fields.String(metadata={"examples": ["Seconds after which a silent agent's build is put back."]})
    default = fields.String(metadata={"examples": ["20"]})
    secret = fields.Boolean(metadata={"examples": [False]})
    value = fields.String(allow_none=True, metadata={"examples": ["20"]})
    is_set = fields.Boolean()
    source = Choice(("default", "environment", "file"))
