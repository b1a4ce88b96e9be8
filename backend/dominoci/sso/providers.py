"""The providers that the settings name."""

from collections.abc import Mapping

from dominoci.config import Settings
from dominoci.sso.base import Provider
from dominoci.sso.github import GitHub
from dominoci.sso.oidc import OpenId


def of_settings(settings: Settings) -> Mapping[str, Provider]:
    """Every provider by its id, in the order of their buttons. No network yet."""
    wants = settings.sign_up.policy == "organisation" and bool(settings.sign_up.organisations)
    kinds: dict[str, type[GitHub | OpenId]] = {"github": GitHub, "gitlab": OpenId, "oidc": OpenId}
    return {one.kind: kinds[one.kind](one, wants_organisations=wants) for one in settings.providers}
