"""Trust rules: CI jobs that report for a project with their platform's signed token."""

from typing import Any

from dominoci.api.context import read, site, who, write
from dominoci.api.gate import allow
from dominoci.api.parsing import Routes
from dominoci.api.schemas.base import page_of as list_of
from dominoci.api.schemas.trust import TrustBody, TrustChange, TrustRule, TrustTried, TrustTry
from dominoci.services import trust

blp = Routes("trust", "Whose CI jobs report for a project with a signed token (OIDC) in place of a project token.")


@blp.get("/projects/<project>/trust")
@allow("user", refuses=(404,))
@blp.response(200, list_of(TrustRule))
def listing(project: str) -> dict[str, Any]:
    """A project's rules, newest first."""
    return read(trust.listing, project)


@blp.post("/projects/<project>/trust")
@allow("user", refuses=(404, 409))
@blp.arguments(TrustBody)
@blp.response(201, TrustRule)
def add(body: dict[str, Any], project: str) -> dict[str, Any]:
    """Trusts the jobs of a repository, by its id at the issuer; those of pull and merge requests only where that is said."""
    return write(trust.add, project, body)


@blp.patch("/projects/<project>/trust/<rule>")
@allow("user", refuses=(404,))
@blp.arguments(TrustChange)
@blp.response(200, TrustRule)
def change(body: dict[str, Any], project: str, rule: str) -> dict[str, Any]:
    """Changes which of the repository's jobs are trusted."""
    return write(trust.change, project, rule, body)


@blp.delete("/projects/<project>/trust/<rule>")
@allow("user", refuses=(404,))
@blp.response(204)
def remove(project: str, rule: str) -> None:
    """Ends the trust at once."""
    write(trust.remove, project, rule)


@blp.post("/projects/<project>/trust/try")
@allow("user", refuses=(404,))
@blp.arguments(TrustTry)
@blp.response(200, TrustTried)
def attempt(body: dict[str, Any], project: str) -> dict[str, Any]:
    """What would become of a token, rule by rule: which claim fails. Nothing of it is kept or used up."""
    return site().container.signed_callers.explain(who(), project, body["token"])
