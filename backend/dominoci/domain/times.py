"""Times as they are written on the wire."""

from datetime import UTC, datetime


def rfc3339(value: datetime) -> str:
    """RFC 3339 in UTC with milliseconds: 2026-11-21T10:00:00.123Z."""
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
