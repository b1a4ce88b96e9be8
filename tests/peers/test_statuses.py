"""Commit statuses at a real forge: Gitea's API for them is GitHub's."""

from collections.abc import Iterator
from typing import Any

import pytest

from dominoci.domain.mirror import CONTEXT, LONGEST, CommitStatus
from dominoci.outbound.client import GuardedClient
from dominoci.outbound.exchange import Caller, ExchangeFailed
from dominoci.vendors.github_statuses import GitHubStatuses
from tests.peers.forge import Gitea

LINK = "https://arbiter.test/trees/t"


@pytest.fixture(scope="module")
def statuses() -> Iterator[GitHubStatuses]:
    client = GuardedClient(("127.0.0.1",))
    yield GitHubStatuses(Caller(client))
    client.close()


@pytest.fixture(scope="module")
def fields(gitea: Gitea) -> dict[str, Any]:
    """A target whose repository is `shown`."""
    return {"kind": "github", "api_url": gitea.api, "repository": gitea.repository("shown")}


def head(gitea: Gitea, fields: dict[str, Any]) -> str:
    return str(gitea.ask("GET", f"/repos/{fields['repository']}/branches/main")["commit"]["id"])


def test_a_tree_is_pending_and_then_a_success(gitea: Gitea, statuses: GitHubStatuses, fields: dict[str, Any]) -> None:
    commit, secrets = head(gitea, fields), {"token": gitea.token}
    assert statuses.can_write(fields, secrets)
    long = "ä" * LONGEST
    for status in (CommitStatus("pending", "0 of 1 downstream passed"), CommitStatus("success", long)):
        statuses.set_status(fields, secrets, commit, status, LINK)
    told = gitea.statuses(fields["repository"], commit)
    assert [(one["context"], one["status"], one["target_url"]) for one in told] == [
        (CONTEXT, "pending", LINK),
        (CONTEXT, "success", LINK),
    ]
    assert told[1]["description"] == long
    combined = gitea.ask("GET", f"/repos/{fields['repository']}/commits/{commit}/status")
    assert combined["state"] == "success", "the last one of a name is what counts"


@pytest.mark.parametrize(
    ("wrong", "says"),
    [({"token": "0" * 40}, "does not take the credentials"), ({"repository": "nobody/nowhere"}, "shows no repository")],
)
def test_a_refusal_is_read_and_not_tried_again(
    gitea: Gitea, statuses: GitHubStatuses, fields: dict[str, Any], wrong: dict[str, str], says: str
) -> None:
    target, secrets = {**fields, **wrong}, {"token": wrong.get("token", gitea.token)}
    with pytest.raises(ExchangeFailed, match=says) as caught:
        statuses.set_status(target, secrets, head(gitea, fields), CommitStatus("pending", "-"), LINK)
    assert not caught.value.retry
