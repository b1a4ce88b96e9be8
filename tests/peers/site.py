"""A whole arbiter on a real HTTP server, whose projects live in a real Gitea."""

from pathlib import Path
from typing import Any

from dominoci.services import dispatch, hook_secrets
from tests.integration.served import ADMIN, Arbiter
from tests.peers.forge import Gitea
from tests.peers.workflow import WORKFLOW


class Site(Arbiter):
    """Its projects are GitHub targets: Gitea's API is much like GitHub's. Everything leaves by the real adapters."""

    def __init__(self, data: Path, gitea: Gitea) -> None:
        super().__init__(data, allowed_hosts=("127.0.0.1",))
        self.gitea = gitea

    def close(self) -> None:
        """Stops serving, and lets go of Gitea."""
        super().close()
        self.container.outbound.close()

    def at_gitea(self, name: str, repository: str, **target: Any) -> str:
        """A new project that lives in this repository; answers its token."""
        fields = {"kind": "github", "api_url": self.gitea.api, "repository": repository, "workflow": WORKFLOW}
        body = {"target": {**fields, "token": self.gitea.token, **target}, "repository_url": f"{self.gitea.url}/{repository}.git"}
        return self.project(name, **body)

    def hook(self, name: str) -> tuple[str, str]:
        """Where the webhook of a project's repository goes, and the secret that it is signed with."""
        made = self.container.write(hook_secrets.make, ADMIN, name)
        return made["url"], made["secret"]

    def drain(self) -> None:
        """Everything that is due is sent."""
        container = self.container
        dispatch.drain(container.transactions, container.adapters, container.repositories, container.statuses)

    def state(self, tree_id: str, sub_id: str) -> str:
        """Where an event stands."""
        return str(self.event(tree_id, sub_id)["state"])
