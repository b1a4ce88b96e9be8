"""Consents: private projects decide who may depend on them."""

from typing import Any

from dominoci.api.context import read, write
from dominoci.api.gate import allow
from dominoci.api.parsing import Routes
from dominoci.api.schemas.base import page_of as list_of
from dominoci.api.schemas.members import Consent, ConsentAnswer, ConsentAsk
from dominoci.services import consents

blp = Routes("consents", "Whether a private project agrees to be the upstream of another one.")


@blp.get("/projects/<project>/consents")
@allow("user", refuses=(404,))
@blp.response(200, list_of(Consent))
def listing(project: str) -> dict[str, Any]:
    """What the project was asked, and what it has asked, newest first."""
    return read(consents.listing, project)


@blp.post("/projects/<project>/consents")
@allow("user", refuses=(404, 409))
@blp.arguments(ConsentAsk)
@blp.response(200, Consent)
def ask(body: dict[str, Any], project: str) -> dict[str, Any]:
    """Asks the owners of `upstream` whether the project may depend on it."""
    return write(consents.ask, project, body["upstream"])


@blp.put("/projects/<project>/consents/<consent>")
@allow("user", refuses=(404,))
@blp.arguments(ConsentAnswer)
@blp.response(200, Consent)
def answer(body: dict[str, Any], project: str, consent: str) -> dict[str, Any]:
    """The answer of the project's owners, who may change their mind; dependencies that are there stay."""
    return write(consents.answer, project, consent, body["state"])
