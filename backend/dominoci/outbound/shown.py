"""What a repository elsewhere is shown, and how git comes to it: through files that are in no folder (memfd_create) and open only
while one git runs, so that a secret is in no address, argument or environment."""

import os
import shlex
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Final

from dominoci.outbound.networks import Address

# only "get" is answered: what git thinks of a password afterwards ("store", "erase") is nobody's business
_HELPER: Final = '!f() {{ test "$1" = get && cat {file}; }}; f'
_SSH: Final = (
    "ssh -F /dev/null -oBatchMode=yes -oIdentitiesOnly=yes -oIdentityAgent=none -oPreferredAuthentications=publickey "
    "-oUpdateHostKeys=no -oGlobalKnownHostsFile=/dev/null -oCheckHostIP=no -oConnectTimeout=10"
)


@dataclass(frozen=True)
class Shown:
    """A token or password (with the name that goes with it), or a private SSH key with the keys that its host may have."""

    username: str | None = None
    password: str | None = field(default=None, repr=False)
    private_key: str | None = field(default=None, repr=False)
    known_hosts: str | None = None

    @contextmanager
    def http(self, origin: str) -> Iterator[dict[str, str]]:
        """git's settings for `origin` and nowhere else, good inside the block."""
        if not self.password:
            yield {}
            return
        with _in_memory(f"username={self.username or 'dominoci'}\npassword={self.password}\n") as file:
            yield {f"credential.{origin}.helper": _HELPER.format(file=file)}

    @contextmanager
    def ssh(self, host: str, port: int, address: Address) -> Iterator[dict[str, str]]:
        """git's settings to reach `host` over ssh at the address that was checked, good inside the block."""
        with ExitStack() as files:
            # without known hosts whoever answers is believed: the key is not shown, it signs, and what is learned is a ref's name
            hosts = files.enter_context(_in_memory(self.known_hosts)) if self.known_hosts else os.devnull
            options = [
                f"-oHostName={address}",
                # as known hosts name a host with another port than ssh's own
                f"-oHostKeyAlias={host if port == 22 else f'[{host}]:{port}'}",
                f"-oUserKnownHostsFile={hosts}",
                f"-oStrictHostKeyChecking={'yes' if self.known_hosts else 'accept-new'}",
                *(["-i", files.enter_context(_in_memory(self.private_key))] if self.private_key else []),
            ]
            yield {"core.sshCommand": " ".join([_SSH, *map(shlex.quote, options)])}


@contextmanager
def _in_memory(text: str) -> Iterator[str]:
    """The path of a file with this content that only this account can read and that no folder holds."""
    descriptor = os.memfd_create("git", os.MFD_CLOEXEC)
    try:
        # ssh takes no key that others could read, and no last line without an end
        os.fchmod(descriptor, 0o600)
        os.write(descriptor, (text.replace("\r\n", "\n").rstrip("\n") + "\n").encode())
        yield f"/proc/{os.getpid()}/fd/{descriptor}"
    finally:
        os.close(descriptor)
