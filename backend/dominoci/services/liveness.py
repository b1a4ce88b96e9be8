"""Whether an agent takes builds."""

from datetime import datetime, timedelta

from dominoci.infra.models.builds import Agent

SILENT_AFTER = timedelta(seconds=90)


def condition(row: Agent, now: datetime) -> str:
    """Whether an agent is `silent`, or `draining`, or takes builds: `idle`, though it may run some."""
    return "silent" if now - row.last_seen_at > SILENT_AFTER else "draining" if row.draining else "idle"
