"""A CI platform that gives its jobs signed tokens: discovery and keys over HTTP, keys that rotate, tokens as GitHub and GitLab
make them (their manuals' examples, shortened)."""

import time
import uuid
from typing import Any

from joserfc import jwt
from joserfc.jwk import RSAKey

from tests.fakes.stand import Call, Reply, Stand

Claims = dict[str, Any]
GITHUB: Claims = {
    "sub": "repo:octo-org/octo-repo:ref:refs/heads/main",
    "repository": "octo-org/octo-repo",
    "repository_id": "74",
    "repository_owner_id": "65",
    "ref": "refs/heads/main",
    "ref_type": "branch",
    "ref_protected": "true",
    "event_name": "push",
    "head_ref": "",
    "base_ref": "",
    "environment": "prod",
}
GITLAB: Claims = {
    "sub": "project_path:my-group/my-project:ref_type:branch:ref:main",
    "project_id": "22",
    "project_path": "my-group/my-project",
    "namespace_id": "72",
    "ref": "main",
    "ref_type": "branch",
    "ref_path": "refs/heads/main",
    "ref_protected": "true",
    "pipeline_source": "push",
}


def new_key(kid: str) -> RSAKey:
    """A key as the platforms use them."""
    return RSAKey.generate_key(2048, {"kid": kid})


class JobIssuer(Stand):
    """One issuer; `url` is its `iss`. `keys` are those that it publishes, the last of which signs; `down` makes it fail."""

    def __init__(self) -> None:
        super().__init__()
        self.keys = [new_key("first")]
        self.down = False
        self.metadata: Claims = {}

    def answer(self, call: Call) -> Reply:
        """By path."""
        if self.down:
            return Reply(503, {"error": "maintenance"})
        if call.path == "/.well-known/openid-configuration":
            return Reply(200, {"issuer": self.url, "jwks_uri": f"{self.url}/keys", **self.metadata})
        if call.path == "/keys":
            return Reply(200, {"keys": [{**key.as_dict(private=False), "use": "sig", "alg": "RS256"} for key in self.keys]})
        return Reply(404, {"error": "not found"})

    def rotate(self, kid: str) -> None:
        """Another key signs from now on; those of before stay published."""
        self.keys.append(new_key(kid))

    def claims(self, audience: str, **changed: Any) -> Claims:
        """What a token says, good for five minutes; a claim that is changed to None is left out."""
        now = int(time.time())
        common = {"iss": self.url, "aud": audience, "jti": str(uuid.uuid4()), "iat": now, "nbf": now - 5, "exp": now + 300}
        return {name: value for name, value in {**GITHUB, **common, **changed}.items() if value is not None}

    def token(self, audience: str, **changed: Any) -> str:
        """A job's token of a GitHub repository."""
        return self.sign(self.claims(audience, **changed))

    def sign(self, claims: Claims, key: RSAKey | None = None, **header: Any) -> str:
        """A token of these claims, by the newest key unless told otherwise."""
        key = key or self.keys[-1]
        return jwt.encode({"typ": "JWT", "alg": "RS256", "kid": key.kid or "", **header}, claims, key)

    @property
    def asked(self) -> int:
        """How often its keys were asked for."""
        return sum(call.path == "/keys" for call in self.calls)
