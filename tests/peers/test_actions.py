"""A tree through a real forge: Gitea starts the workflow of docs/connect-github.md, its webhooks say how the run goes, and the
root's commit shows how the tree stands."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dominoci.domain.mirror import CONTEXT
from tests.peers.forge import Gitea
from tests.peers.runner import Runner
from tests.peers.site import Site
from tests.peers.workflow import FILES
from tests.waiting import until


@pytest.fixture
def site(gitea: Gitea, tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path / "site", gitea)
    yield made
    made.close()


class Chain:
    """core → lib, both in Gitea; the root's success is reported."""

    def __init__(self, site: Site, name: str) -> None:
        self.site, self.gitea = site, site.gitea
        self.core = self.gitea.repository(f"{name}-core")
        self.lib = self.gitea.repository(f"{name}-lib", FILES)
        self.head = str(self.gitea.ask("GET", f"/repos/{self.core}/branches/main")["commit"]["id"])
        token = site.at_gitea("core", self.core)
        site.at_gitea("lib", self.lib)
        site.depend("core", "lib")
        self.tree_id = str(site.report(token, commit=self.head)["tree_id"])

    def statuses(self) -> list[dict[str, Any]]:
        """What we wrote on the root's commit, the oldest first."""
        return [status for status in self.gitea.statuses(self.core, self.head) if status["context"] == CONTEXT]

    def runs(self) -> list[dict[str, Any]]:
        """The runs of lib."""
        found: list[dict[str, Any]] = self.gitea.ask("GET", f"/repos/{self.lib}/actions/runs")["workflow_runs"]
        return found

    def becomes(self, state: str) -> None:
        """Waits until lib stands so."""
        until(lambda: self.site.state(self.tree_id, "1.1") == state, f"lib is {state}")


@pytest.mark.parametrize(("result", "state", "shown"), [("SUCCESS", "success", "success"), ("FAILURE", "failed", "failure")])
def test_a_tree_follows_a_run_by_giteas_webhooks(site: Site, runner: Runner, result: str, state: str, shown: str) -> None:
    chain = Chain(site, f"hooked-{state}")
    hook = chain.gitea.webhook(chain.lib, *site.hook("lib"), "workflow_run")
    site.drain()
    (run,) = chain.runs()
    assert run["display_title"] == f"[domino:{chain.tree_id}/1.1/1]"
    assert [(status["status"], status["description"]) for status in chain.statuses()] == [("pending", "0 of 1 downstream passed")]
    task = runner.take()
    chain.becomes("running")
    runner.end(task, result)
    chain.becomes(state)
    site.drain()
    last = chain.statuses()[-1]
    assert (last["status"], last["target_url"]) == (shown, f"{site.url}/trees/{chain.tree_id}")
    event = site.event(chain.tree_id, "1.1")
    assert event["run_url"] == run["html_url"]
    assert {told["response"]["status"] for told in chain.gitea.deliveries(hook)} == {200}
