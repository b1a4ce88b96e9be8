"""Requests to a provider, by Authlib: with a time limit, without redirects. An admin chose the address, so it is not guarded."""

from typing import Any

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session

from dominoci.config import ProviderSettings
from dominoci.sso.base import Asking, SsoError

TIMEOUT_S = 10.0
POST, BASIC = "client_secret_post", "client_secret_basic"


def session(settings: ProviderSettings, asking: Asking, scope: str, secret_in: str) -> OAuth2Session:
    """What speaks to the provider for one sign-in; PKCE with S256 always."""
    return OAuth2Session(
        settings.client_id,
        settings.client_secret,
        scope=scope,
        redirect_uri=asking.redirect_uri,
        code_challenge_method="S256",
        token_endpoint_auth_method=secret_in,
        default_timeout=TIMEOUT_S,
    )


def redeem(client: OAuth2Session, url: str, asking: Asking, code: str) -> dict[str, Any]:
    """The token endpoint's answer to a code; the client holds its access token from now on. Raises SsoError."""
    try:
        token = client.fetch_token(
            url, grant_type="authorization_code", code=code, code_verifier=asking.verifier, allow_redirects=False
        )
    except OAuthError as e:
        raise SsoError("provider", f"{url} refused the code: {str(e.error)[:100]}") from e
    except (requests.RequestException, ValueError) as e:
        raise _failure(url, e) from e
    if not isinstance(token.get("access_token"), str):
        raise SsoError("provider", f"{url} answered without an access token")
    return dict(token)


def get_json(client: Any, url: str, **kwargs: Any) -> Any:
    """The JSON at `url`. `client` is a session, or `requests` itself where nobody is signed in. Raises SsoError."""
    try:
        response = client.get(url, timeout=TIMEOUT_S, allow_redirects=False, **kwargs)
        if response.status_code != 200:
            raise SsoError("provider", f"{url} answered {response.status_code}")
        return response.json()
    except (requests.RequestException, ValueError) as e:
        raise _failure(url, e) from e


def _failure(url: str, error: Exception) -> SsoError:
    lost = isinstance(error, requests.ConnectionError | requests.Timeout)
    return SsoError("unreachable" if lost else "provider", f"{url}: {type(error).__name__}")
