"""What a repository is shown, and how git comes to it: through files that are in no folder (memfd_create), open only while one
git runs. So a secret is in no address, argument, environment or file of ours, and gone with the agent, also after kill -9."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

# only "get" is answered: what git thinks of a password afterwards ("store", "erase") is nobody's business
_HELPER = '!f() {{ test "$1" = get && cat {file}; }}; f'
_SSH = (
    "ssh -F /dev/null -oBatchMode=yes -oIdentitiesOnly=yes -oIdentityAgent=none -oPreferredAuthentications=publickey "
    "-oUpdateHostKeys=no -oGlobalKnownHostsFile=/dev/null -oConnectTimeout=30 -oServerAliveInterval=15 -oServerAliveCountMax=4"
)


@dataclass(frozen=True)
class Credentials:
    """A password (or token) for http(s), or a private key for ssh. Without `known_hosts` a host is believed at the first contact
    and its key kept in `seen_hosts`. `user` is who signs in where the address does not say it."""

    user: str | None = None
    password: str | None = field(default=None, repr=False)
    ssh_key: str | None = field(default=None, repr=False)
    known_hosts: str | None = None
    seen_hosts: Path | None = None

    @property
    def kind(self) -> str:
        """What they are, the same for every build although its token is new each time; empty for none."""
        return "password" if self.password else "key" if self.ssh_key else ""

    @contextmanager
    def settings(self, origin: str) -> Iterator[dict[str, str]]:
        """git's settings for `origin` (scheme, host and port) and nowhere else; they hold good inside the block only."""
        with ExitStack() as files:
            if self.password:
                told = f"username={self.user or 'dominoci'}\npassword={self.password}\n"
                helper = _HELPER.format(file=files.enter_context(_in_memory(told)))
                # newer gits then send it at once, which saves the round trip of a 401
                yield {f"credential.{origin}.helper": helper, f"http.{origin}.proactiveAuth": "basic"}
            elif self.ssh_key:
                yield {"core.sshCommand": self._ssh(files, self.ssh_key)}
            else:
                yield {}

    def _ssh(self, files: ExitStack, key: str) -> str:
        if self.known_hosts:
            hosts, check = files.enter_context(_in_memory(_ended(self.known_hosts))), "yes"
        else:
            hosts, check = str(self.seen_hosts or os.devnull), "accept-new"
        options = [f"-oStrictHostKeyChecking={check}", f'-oUserKnownHostsFile="{hosts.replace("%", "%%")}"']
        if self.user:
            options.append(f"-oUser={self.user}")
        options += ["-i", files.enter_context(_in_memory(_ended(key)))]
        return " ".join([_SSH, *map(shlex.quote, options)])


def _ended(text: str) -> str:
    """ssh reads no last line without an end."""
    return text.replace("\r\n", "\n").rstrip("\n") + "\n"


NOTHING = Credentials()


@contextmanager
def _in_memory(text: str) -> Iterator[str]:
    """The path of a file with this content that only this account can read and that no folder holds."""
    descriptor = os.memfd_create("git", os.MFD_CLOEXEC)
    try:
        # ssh takes no key that others could read
        os.fchmod(descriptor, 0o600)
        with open(descriptor, "w", closefd=False) as file:
            file.write(text)
        yield f"/proc/{os.getpid()}/fd/{descriptor}"
    finally:
        os.close(descriptor)
