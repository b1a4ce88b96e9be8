"""How the arbiter itself is doing, and its settings."""

from typing import Any

from dominoci.api.context import read, site, who
from dominoci.api.gate import allow
from dominoci.api.parsing import Routes
from dominoci.api.schemas.base import page_of as list_of
from dominoci.api.schemas.system import EffectiveSetting, System
from dominoci.services import system

blp = Routes("system", "How the arbiter itself is doing; for admins.")


@blp.get("/system")
@allow("admin")
@blp.response(200, System)
def view() -> dict[str, Any]:
    """What waits, who works, what there is room for."""
    container = site().container
    return read(system.view, system.periods(container.upkeep), container.bell.ping())


@blp.get("/system/settings")
@allow("admin")
@blp.response(200, list_of(EffectiveSetting))
def settings() -> dict[str, Any]:
    """The settings in force and where each comes from; never a secret."""
    return system.settings(who())
