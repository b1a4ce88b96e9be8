"""A real OpenSSH server on a port of its own, with keys of its own: what private repositories are read from over ssh."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
from pathlib import Path

from tests.bed.process import Server, free_port

CONFIG = """
ListenAddress 127.0.0.1
Port {port}
HostKey {folder}/host
AuthorizedKeysFile {folder}/authorized_keys
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
AcceptEnv GIT_PROTOCOL
LogLevel VERBOSE
"""
# says that it was let in, and goes on only when it may: so a test can look at what runs meanwhile
GATE = """#!/bin/sh
if [ -e {folder}/closed ]; then
  touch {folder}/inside
  while [ -e {folder}/closed ]; do sleep 0.02; done
fi
exec sh -c "$SSH_ORIGINAL_COMMAND"
"""


class Sshd:
    """`with Sshd(folder) as sshd`: whoever has the private key of what was `allow`ed may run commands as this account."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self.folder, self.port = folder, free_port()
        self.user = pwd.getpwuid(os.getuid()).pw_name
        self.host = key(folder / "host")
        (folder / "config").write_text(CONFIG.format(port=self.port, folder=folder))
        gate = folder / "gate"
        gate.write_text(GATE.format(folder=folder))
        gate.chmod(0o755)
        self._server = Server([_sshd(), "-D", "-e", "-f", str(folder / "config")], folder / "log")

    def __enter__(self) -> Sshd:
        if os.getuid() == 0:
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # Debian's sshd wants its empty folder, which its service makes
        self._server.start(self._answers)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop()

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 5) as connection:
                return connection.recv(4) == b"SSH-"
        except OSError:
            return False

    @property
    def known_hosts(self) -> str:
        """The line with which a client knows this server."""
        return f"[127.0.0.1]:{self.port} {' '.join(self.host.split()[:2])}\n"

    def allow(self, public_key: str) -> None:
        """Lets nobody in but the holder of this key."""
        (self.folder / "authorized_keys").write_text(f'restrict,command="{self.folder}/gate" {public_key.strip()}\n')

    def address(self, repository: Path) -> str:
        """Where git clones a repository of this machine from."""
        return f"ssh://{self.user}@127.0.0.1:{self.port}{repository}"

    @property
    def refusals(self) -> int:
        """How many callers have gone without being let in."""
        return (self.folder / "log").read_text().count("[preauth]")


def key(path: Path, kind: str = "ed25519", passphrase: str = "") -> str:
    """Makes a key pair in files by OpenSSH itself; its public half."""
    command = ["ssh-keygen", "-q", "-t", kind, "-N", passphrase, "-C", "test", "-f", str(path)]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    return path.with_name(f"{path.name}.pub").read_text().strip()


def _sshd() -> str:
    found = shutil.which("sshd", path=f"{os.environ['PATH']}:/usr/sbin")
    assert found, "openssh-server is missing: apt-get install openssh-server"
    return found
