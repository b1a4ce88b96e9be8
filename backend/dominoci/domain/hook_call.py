"""A call of a job's webhook: what proves its caller, and what its body asks for. Scripts, GitHub, GitLab, Gitea and Forgejo have
ways of their own for both."""

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qs

from dominoci.domain.credentials import same
from dominoci.domain.errors import BadRequest, Invalid
from dominoci.domain.names import variable_problem
from dominoci.domain.refs import is_ref_name

# not X-Gitlab-Event-UUID: all webhooks that one request sets off share it, and one push may move several branches
IDS: Final = ("idempotency-key", "webhook-id", "x-github-delivery", "x-gitlab-webhook-uuid", "x-gitea-delivery")
SIGNATURE: Final = "x-hub-signature-256"
EVENTS: Final = ("x-github-event", "x-gitea-event", "x-gitlab-event")
FORM: Final = "application/x-www-form-urlencoded"  # what GitHub sends unless it is told otherwise
MOST_PARAMETERS, LONGEST_NAME, LONGEST_VALUE = 100, 100, 4000


@dataclass(frozen=True)
class Call:
    """One POST to a job's webhook: `headers` with lower-case names, and the raw body."""

    trigger_id: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    address: str | None = None

    def proves(self, secret: str) -> bool:
        """Whether the caller holds the secret. Of several proofs all must hold."""
        scheme, _, bearer = self.headers.get("authorization", "").partition(" ")
        proofs = []
        if bearer:
            proofs.append(scheme.lower() == "bearer" and same(bearer.strip(), secret))
        if token := self.headers.get("x-gitlab-token"):
            proofs.append(same(token, secret))
        if signature := self.headers.get(SIGNATURE):
            proofs.append(same(signature, f"sha256={hmac.digest(secret.encode(), self.body, 'sha256').hex()}"))
        return bool(proofs) and all(proofs)

    @property
    def delivery(self) -> str | None:
        """The sender's own name for this call, the same when it is sent again."""
        return next((self.headers[name] for name in IDS if self.headers.get(name)), None)

    @property
    def event(self) -> str | None:
        """What a forge says that it tells."""
        return next((self.headers[name][:40] for name in EVENTS if self.headers.get(name)), None)


@dataclass(frozen=True)
class Asked:
    """What the body asks for; of a push at GitHub, GitLab or Gitea, which ref now stands at which commit."""

    ref: str | None = None
    commit: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    gone: bool = False


def read(call: Call) -> Asked:
    """`ref`, `commit` and `parameters`, and the words of a push for the first two; whatever else a sender tells is let be.
    Raises BadRequest, Invalid."""
    found = _object(call)
    after = found.get("after") if isinstance(found.get("after"), str) else None
    gone = found.get("deleted") is True or (after is not None and set(after) == {"0"})
    commit = _commit(found.get("commit") or found.get("checkout_sha") or _head(found) or after) if not gone else None
    return Asked(_ref(found.get("ref")), commit, _parameters(found.get("parameters")), gone)


def _head(found: Mapping[str, Any]) -> Any:
    """The commit that a push at GitHub leads to: of an annotated tag, `after` is the tag's own object, which is none."""
    head = found.get("head_commit")
    return head.get("id") if isinstance(head, dict) else None


def _object(call: Call) -> Mapping[str, Any]:
    """The JSON object in the body, or in the form's only field; an empty one for an empty body."""
    try:
        body = _plain(call)
        found = json.loads(body) if body.strip() else {}
    except (ValueError, RecursionError) as error:
        raise BadRequest("The body is not valid JSON.") from error
    if not isinstance(found, dict):
        raise Invalid("The body must be a JSON object.", {"body": ["Not a JSON object."]})
    return found


def _plain(call: Call) -> str:
    """The body, out of its form where it stands in one. Raises ValueError."""
    text = call.body.decode()
    if call.headers.get("content-type", "").startswith(FORM) and text.startswith("payload="):
        return parse_qs(text, keep_blank_values=True, max_num_fields=1)["payload"][0]
    return text


def _ref(value: Any) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not is_ref_name(value):
        raise Invalid("The build cannot be started.", {"ref": ["Cannot be the name of a branch or tag."]})
    return value


def _commit(value: Any) -> str | None:
    """A full commit id; what a forge tells under the name otherwise (an object, a short id) is no commit to build."""
    usable = isinstance(value, str) and len(value) in (40, 64) and set(value) <= set("0123456789abcdef")
    return str(value) if usable else None


def _parameters(value: Any) -> dict[str, str]:
    if value is None:
        return {}
    errors: dict[str, list[str]] = {}
    if not isinstance(value, dict) or len(value) > MOST_PARAMETERS:
        text = f"Must be an object of at most {MOST_PARAMETERS} texts."
        raise Invalid("The build cannot be started.", {"parameters": [text]})
    for name, given in value.items():
        if problem := _parameter_problem(name, given):
            errors[f"parameters.{name}"[:200]] = [problem]
    if errors:
        raise Invalid("The build cannot be started.", errors)
    return value


def _parameter_problem(name: str, value: Any) -> str | None:
    if not isinstance(value, str) or len(value) > LONGEST_VALUE or any(c == "\0" or "\ud800" <= c <= "\udfff" for c in value):
        return f"Must be a text of at most {LONGEST_VALUE} characters."
    return variable_problem(name) if len(name) <= LONGEST_NAME else f"The name has more than {LONGEST_NAME} characters."
