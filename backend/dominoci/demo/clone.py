"""The working clone of core, in which people follow the README: a real clone with a remote, credentials and an identity."""

import os
import shlex
import shutil
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

from dominoci.demo import commits, sources
from dominoci.infra.hosting import command

GIT_CREDENTIALS = ".git-credentials"


@dataclass(frozen=True)
class WorkingClone:
    """The clone below `<data>/demo`; `url` is the repository's address over HTTP."""

    home: Path
    url: str

    @property
    def folder(self) -> Path:
        """Where people work."""
        return self.home / sources.ROOT

    @property
    def exists(self) -> bool:
        """Whether it was made completely."""
        return (self.folder / ".git" / "HEAD").exists()

    def make(self) -> None:
        """Makes it with the first commit of core, if it is not there."""
        if self.exists:
            return
        new = self.home / f".{sources.ROOT}.new"
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(parents=True)
        command.run("init", "--quiet", f"--initial-branch={sources.BRANCH}", "--template=", "--", str(new), at=self.home)
        commits.place(new, sources.BRANCH, sources.files(sources.ROOT), "Greet people, and set text")
        command.run("reset", "--hard", "--quiet", at=new)
        shutil.rmtree(self.folder, ignore_errors=True)
        new.rename(self.folder)

    def point(self, token: str) -> None:
        """Writes remote, credentials and identity anew: port, folder and token may have changed. What people did stays."""
        address = urlsplit(self.url)
        credentials = self.home / GIT_CREDENTIALS
        with os.fdopen(os.open(credentials, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(f"{address.scheme}://admin:{quote(token)}@{address.netloc}\n")
        helper = f"store --file={shlex.quote(str(credentials))}"
        command.run("config", "--replace-all", "credential.helper", "", at=self.folder)
        command.run("config", "--add", "credential.helper", helper, at=self.folder)
        for name, value in _CONFIG.items():
            command.run("config", "--replace-all", name, value, at=self.folder)
        command.run("config", "--replace-all", "remote.origin.url", self.url, at=self.folder)

    def token(self) -> str | None:
        """The token in the credentials file; None when there is none."""
        try:
            return urlsplit((self.home / GIT_CREDENTIALS).read_text().strip()).password
        except (OSError, ValueError):
            return None

    def push(self) -> None:
        """Pushes the main branch as people do. Raises GitError."""
        branch = f"refs/heads/{sources.BRANCH}"
        command.run("push", "--quiet", "origin", f"{branch}:{branch}", at=self.folder, timeout_s=120)

    def remove(self) -> None:
        """Removes the clone and its credentials."""
        shutil.rmtree(self.home, ignore_errors=True)


# the first empty helper and the empty proxy take back what the user's own configuration says: this remote is on this machine
_CONFIG = {
    "user.name": commits.AUTHOR,
    "user.email": commits.EMAIL,
    "commit.gpgSign": "false",
    "core.hooksPath": ".git/hooks",
    "http.proxy": "",
    "push.default": "simple",
    "pull.rebase": "true",
    "remote.origin.fetch": "+refs/heads/*:refs/remotes/origin/*",
    f"branch.{sources.BRANCH}.remote": "origin",
    f"branch.{sources.BRANCH}.merge": f"refs/heads/{sources.BRANCH}",
}
