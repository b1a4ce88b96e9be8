"""Which tokens of CI jobs a rule lets in."""

from typing import Any

import pytest

from dominoci.domain import trust
from tests.fakes.job_issuer import GITHUB, GITLAB

SUBJECT = {"github": "74", "gitlab": "22"}
TOLD = {"github": GITHUB, "gitlab": GITLAB}


@pytest.mark.parametrize(
    ("kind", "changed", "claim"),
    [
        ("github", {}, None),
        ("github", {"event_name": "workflow_dispatch"}, None),
        ("github", {"event_name": "pull_request"}, "event_name"),
        ("github", {"event_name": "pull_request_target"}, "event_name"),
        ("github", {"event_name": ""}, "event_name"),
        ("github", {"event_name": ["push"]}, "event_name"),
        ("github", {"ref": "refs/pull/7/merge"}, "ref"),
        ("github", {"head_ref": "topic"}, "head_ref"),
        ("github", {"base_ref": "main"}, "base_ref"),
        ("github", {"repository_id": "75"}, "repository_id"),
        ("gitlab", {}, None),
        ("gitlab", {"pipeline_source": "trigger", "ref_protected": "false"}, None),
        ("gitlab", {"pipeline_source": "merge_request_event"}, "pipeline_source"),
        ("gitlab", {"pipeline_source": "external_pull_request_event"}, "pipeline_source"),
        ("gitlab", {"pipeline_source": ""}, "pipeline_source"),
        ("gitlab", {"pipeline_source": "parent_pipeline"}, None),
        ("gitlab", {"pipeline_source": "parent_pipeline", "ref_protected": "false"}, "pipeline_source"),
        ("gitlab", {"ref_path": "refs/merge-requests/3/head"}, "ref_path"),
        ("gitlab", {"project_id": 22}, None),
        ("gitlab", {"project_id": 23}, "project_id"),
    ],
)
def test_pull_requests_and_other_repositories_are_not_trusted(kind: str, changed: dict[str, Any], claim: str | None) -> None:
    claims = {**TOLD[kind], **changed}
    failed = trust.failures(kind, claims, SUBJECT[kind], {}, pull_requests=False)
    assert [one.claim for one in failed] == ([claim] if claim else [])
    about_pull_requests = claim not in (None, trust.SUBJECTS[kind])
    assert bool(trust.failures(kind, claims, SUBJECT[kind], {}, pull_requests=True)) == (bool(failed) and not about_pull_requests)


@pytest.mark.parametrize(
    ("wanted", "failing"),
    [
        ({"ref": "refs/heads/*", "environment": "prod"}, []),
        ({"ref": "refs/heads/release/*"}, ["ref"]),
        ({"ref_protected": "true"}, []),
        ({"nothing": "*"}, ["nothing"]),
        ({"ref": "main", "environment": "test"}, ["environment", "ref"]),
    ],
)
def test_every_further_claim_must_fit(wanted: dict[str, str], failing: list[str]) -> None:
    assert [one.claim for one in trust.failures("github", GITHUB, "74", wanted, pull_requests=False)] == failing


def test_flags_and_numbers_are_compared_as_text_and_lists_never_fit() -> None:
    claims = {"sub": "job", "run": 7, "ok": True, "many": ["a"]}
    wanted = {"run": "7", "ok": "true", "many": "*"}
    assert trust.failures("other", claims, "job", wanted, pull_requests=False) == [trust.Failure("many", "*", None)]


@pytest.mark.parametrize(
    ("audience", "expected"),
    [
        ("https://a.test", (True, None)),
        ("https://a.test/", (True, None)),
        (["https://a.test"], (True, None)),
        ("https://a.test/projects/web", (True, "web")),
        ("https://a.test.evil.test", (False, None)),
        ("https://a.test/projects/", (False, None)),
        ("https://a.test/projects/a/b", (False, None)),
        (["https://a.test", "https://vault.test"], (False, None)),
        ([], (False, None)),
        (None, (False, None)),
        ([["https://a.test"]], (False, None)),
    ],
)
def test_a_token_is_for_us_alone(audience: Any, expected: tuple[bool, str | None]) -> None:
    assert trust.addressee("https://a.test", audience) == expected
