"""The GitHub adapter at Gitea's API: what the two understand of each other, and what of GitHub's API Gitea does not have."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from dominoci.adapters.base import Run, Started, Target
from dominoci.adapters.github import GitHubAdapter
from dominoci.outbound.client import GuardedClient
from dominoci.outbound.exchange import Caller, ExchangeFailed
from tests.contract.test_adapters import trigger
from tests.peers.forge import Gitea
from tests.peers.runner import Runner
from tests.peers.workflow import FILES, WORKFLOW


@pytest.fixture(scope="module")
def adapter() -> Iterator[GitHubAdapter]:
    client = GuardedClient(("127.0.0.1",))
    yield GitHubAdapter(Caller(client))
    client.close()


@pytest.fixture(scope="module")
def target(gitea: Gitea) -> Target:
    fields = {"kind": "github", "api_url": gitea.api, "repository": gitea.repository("dispatched", FILES), "workflow": WORKFLOW}
    return Target("github", fields, {"token": gitea.token})


def other(target: Target, secrets: dict[str, str] | None = None, **fields: Any) -> Target:
    return Target("github", {**target.fields, **fields}, secrets or target.secrets)


def runs(gitea: Gitea, target: Target) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = gitea.ask("GET", f"/repos/{target.fields['repository']}/actions/runs")["workflow_runs"]
    return found


def test_a_run_is_started_and_followed_by_its_id(gitea: Gitea, adapter: GitHubAdapter, target: Target, runner: Runner) -> None:
    new = trigger()
    receipt = adapter.trigger(target, new)
    assert (receipt.exchange.status, receipt.run_ref) == (204, None), "Gitea reads return_run_details in the query only"
    (shown,) = runs(gitea, target)
    assert shown["display_title"] == f"[domino:{new.tree_id}/{new.sub_id}/1]"
    started = Started(None, str(shown["id"]))

    def found() -> Run:
        run = adapter.find(target, new, started)
        assert run
        assert run.ref == started.ref
        return run

    assert (found().status, found().running, found().branch, found().commit) == (None, False, "main", shown["head_sha"])
    task = runner.take()
    assert (found().status, found().running) == (None, True)
    runner.end(task, "CANCELLED")
    assert found().status == "CANCELLED"
    assert adapter.find(target, new, Started(None, "99999")) is None


@pytest.mark.parametrize(
    ("wrong", "ref", "says"),
    [
        ({"secrets": {"token": "0" * 40}}, "main", "does not take the credentials"),
        ({"workflow": "nowhere.yml"}, "main", "knows no workflow nowhere.yml"),
        ({"repository": "nobody/nowhere"}, "main", "404"),
        # GitHub says 422 to this, with words of its own
        ({}, "nowhere", "404"),
    ],
)
def test_refusals_are_read(adapter: GitHubAdapter, target: Target, wrong: dict[str, Any], ref: str, says: str) -> None:
    with pytest.raises(ExchangeFailed, match=says) as caught:
        adapter.trigger(other(target, **wrong), replace(trigger(), ref=ref))
    assert not caught.value.retry


def test_gitea_lists_no_runs_of_one_workflow(adapter: GitHubAdapter, target: Target) -> None:
    """So a run whose id nobody has told is not found by its name: Gitea needs the webhook, which tells it."""
    with pytest.raises(ExchangeFailed, match="404"):
        adapter.find(target, trigger(), Started(None, None))
