"""Signed tokens of CI jobs on both databases: good for one thing, whoever comes first, and forgotten when they have expired."""

from datetime import timedelta
from typing import Any

import pytest

from dominoci.domain.errors import Unauthorized
from dominoci.services import issuers, reports, trust, used_tokens
from dominoci.services.access import Principal, Proof
from dominoci.services.signed_callers import digest_of
from dominoci.store import trust as store
from tests.together import Crew
from tests.world import USER, World, report

URL = "https://ci.test"


@pytest.fixture
def job(any_world: World) -> Principal:
    """A job that speaks for `core` by a rule, with one token."""
    any_world.project("core")
    any_world.write(issuers._add, USER, URL, "CI", "gitlab")
    rule = any_world.write(trust.add, USER, "core", {"issuer": URL, "subject": "42", "claims": {}, "pull_requests": False})
    proof = Proof(digest_of("a token"), rule["id"], any_world.clock.now + timedelta(minutes=5))
    return Principal("project", any_world.projects["core"], "core", proof=proof)


def tell(world: World, job: Principal, branch: str = "main") -> Any:
    return world.write(reports.report, job, report("SUCCESS", branch=branch), None)


def test_many_at_once_with_one_token_are_one_tree(any_world: World, job: Principal) -> None:
    with Crew(4) as crew:
        answers = crew.at_once([lambda: tell(any_world, job)] * 4)
    assert sorted(status for status, _ in answers) == [200, 200, 200, 201]
    assert len({told["tree_id"] for _, told in answers}) == 1
    with pytest.raises(Unauthorized):
        tell(any_world, job, branch="other")


def test_when_a_rule_was_used_is_noted_once_a_minute(any_world: World, job: Principal) -> None:
    def used() -> Any:
        return any_world.read(trust.listing, USER, "core")["items"][0]["last_used_at"]

    tell(any_world, job)
    first = used()
    any_world.clock.advance(seconds=30)
    tell(any_world, job)
    assert used() == first
    any_world.clock.advance(seconds=31)
    tell(any_world, job)
    assert used() == any_world.clock.now


def test_a_used_token_is_forgotten_after_its_end_and_not_before(any_world: World, job: Principal) -> None:
    tell(any_world, job)
    assert job.proof
    token = job.proof.id
    for minutes, known in ((5, True), (6, False)):
        any_world.clock.advance(minutes=minutes)
        any_world.write(used_tokens.sweep)
        assert (any_world.read(lambda uow: store.used(uow.session, token)) is not None) == known


def test_an_issuer_goes_with_its_rules(any_world: World, job: Principal) -> None:
    listed = any_world.read(issuers.listing, USER)["items"]
    any_world.write(issuers.remove, USER, listed[0]["id"])
    assert any_world.read(trust.listing, USER, "core")["items"] == []
    assert any_world.read(lambda uow: list(store.rules_about(uow.session, listed[0]["id"], "42", None))) == []
