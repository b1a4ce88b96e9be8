"""The keys with which the arbiter proves who it is, where verifiers of signed tokens look for them."""

from typing import Any

from flask import Response, jsonify, request
from marshmallow import fields

from dominoci.api.context import site
from dominoci.api.gate import allow
from dominoci.api.parsing import Routes
from dominoci.api.schemas.base import Answer
from dominoci.services import identity

blp = Routes("identity", "The arbiter's own keys: whoever is triggered can check who did it.", url_prefix="/")
# short, so that a new key is known everywhere before a verifier that kept the old set could be shown it for long
CACHE = "public, max-age=300"


class PublicKey(Answer):
    """An Ed25519 key as a JWK (RFC 8037)."""

    kty = fields.String(metadata={"examples": ["OKP"]})
    crv = fields.String(metadata={"examples": ["Ed25519"]})
    x = fields.String(metadata={"examples": ["11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"]})
    kid = fields.String(metadata={"examples": ["a1b2c3d4"]})
    use = fields.String(metadata={"examples": ["sig"]})
    alg = fields.String(metadata={"examples": ["EdDSA"]})


class KeySet(Answer):
    """All keys that may have signed what is still good (RFC 7517)."""

    keys = fields.List(fields.Nested(PublicKey))


class Discovery(Answer):
    """As OpenID Connect Discovery 1.0 has it."""

    issuer = fields.String(metadata={"examples": ["https://arbiter.example"]})
    jwks_uri = fields.String(metadata={"examples": ["https://arbiter.example/.well-known/jwks.json"]})
    response_types_supported = fields.List(fields.String(metadata={"examples": ["id_token"]}))
    subject_types_supported = fields.List(fields.String(metadata={"examples": ["public"]}))
    id_token_signing_alg_values_supported = fields.List(fields.String(metadata={"examples": ["EdDSA"]}))
    claims_supported = fields.List(fields.String(metadata={"examples": ["iss"]}))


@blp.get("/.well-known/jwks.json")
@allow("anyone")
@blp.response(200, KeySet)
def keys() -> Response:
    """The public keys of DOMINO_IDENTITY."""
    return _cacheable(identity.published(site().container.keys))


@blp.get("/.well-known/openid-configuration")
@allow("anyone")
@blp.response(200, Discovery)
def discovery() -> Response:
    """Where they are, for services that trust OpenID issuers."""
    return _cacheable(identity.discovery(site().container.settings.public_url))


def _cacheable(content: dict[str, Any]) -> Response:
    response = jsonify(content)
    response.headers["Cache-Control"] = CACHE
    response.add_etag()
    response.make_conditional(request)
    return response
