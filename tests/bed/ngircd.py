"""A real IRC server (ngIRCd) on a port of its own, and somebody who sits in its channels: whom bot and notifications speak to."""

from __future__ import annotations

import shutil
import socket
import threading
from contextlib import suppress
from pathlib import Path

from tests.bed.process import Server, free_port
from tests.bed.programs import SBIN
from tests.waiting import until

# it gives up root's rights, and with them the signal that ends servers with their tests: left alone, it ends by itself
CONFIG = """
[Global]
Name = irc.test.example
Info = The test's server
Listen = 127.0.0.1
Ports = {port}
MotdPhrase = Hello
{password}
[Limits]
MaxConnectionsIP = 0
MaxJoins = 0
MaxNickLength = 30
MaxPenaltyTime = 0
IdleTimeout = 120
[Options]
DNS = no
Ident = no
PAM = no
[Channel]
Name = #ci
"""
SECURED = """
[SSL]
Ports = {port}
CertFile = {certificate}
KeyFile = {key}
"""


class Ngircd:
    """`with Ngircd(folder) as irc`: a server of one's own; those who connect say `password` first where there is one. With `tls`
    (certificate and key, PEM) it speaks TLS on `tls_port`."""

    def __init__(self, folder: Path, password: str = "", tls: tuple[Path, Path] | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.port, self.password = free_port(), password
        config = folder / "ngircd.conf"
        text = CONFIG.format(port=self.port, password=f"Password = {password}" if password else "")
        if tls:
            self.tls_port = free_port()
            text += SECURED.format(port=self.tls_port, certificate=tls[0], key=tls[1])
        config.write_text(text)
        program = shutil.which("ngircd") or shutil.which("ngircd", path=SBIN)
        assert program, "apt-get install ngircd"
        self._server = Server([program, "--nodaemon", "--passive", "--config", str(config)], folder / "log")

    def __enter__(self) -> Ngircd:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Starts it, again after `stop`."""
        self._server.start(self._answers)

    def stop(self) -> None:
        """Ends it: everybody is cut off."""
        self._server.stop()

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 5):
                return True
        except OSError:
            return False


class Somebody:
    """`with Somebody(irc, "ada", "#ci") as ada`: a person with a client of sockets and lines; `heard` is all that came, as the
    server spelled it."""

    def __init__(self, irc: Ngircd, nick: str, channel: str | None = None, user: str | None = None) -> None:
        self.nick, self.heard = nick, list[str]()
        self._socket = socket.create_connection(("127.0.0.1", irc.port), 10)
        self._socket.settimeout(None)  # nobody may say anything for long
        if irc.password:
            self.send(f"PASS {irc.password}")
        self.send(f"NICK {nick}\r\nUSER {user or nick} 0 * :{nick}")
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.hears(" 001 ")
        if channel:
            self.send(f"JOIN {channel}")
            self.hears(" 366 ")

    def __enter__(self) -> Somebody:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._reader.join(10)
        self._socket.close()

    def send(self, line: str) -> None:
        """One line, or several with CR LF between them, to the server as they are."""
        self._socket.sendall(line.encode() + b"\r\n")

    def say(self, target: str, text: str) -> None:
        """Says something in a channel or to somebody."""
        self.send(f"PRIVMSG {target} :{text}")

    def hears(self, text: str, since: int = 0, within_s: float = 15) -> str:
        """Waits for a line that holds `text`, behind the first `since` lines, and answers it."""
        found: list[str] = []

        def came() -> bool:
            found[:] = [line for line in self.heard[since:] if text in line]
            return bool(found)

        until(came, f"{self.nick} hears {text!r}; heard {self.heard[since:]}", within_s=within_s)
        return found[0]

    def told(self, since: int = 0) -> list[str]:
        """What others said here or to this person alone: `nick target text`."""
        parts = [line.split(" ", 3) for line in self.heard[since:]]
        said = [part for part in parts if len(part) == 4 and part[1] in ("PRIVMSG", "NOTICE") and "!" in part[0]]
        return [f"{who[1:].partition('!')[0]} {target} {text[1:]}" for who, _, target, text in said]

    def _read(self) -> None:
        rest = b""
        with suppress(OSError):
            while chunk := self._socket.recv(4096):
                *lines, rest = (rest + chunk).split(b"\r\n")
                for line in lines:
                    if line.startswith(b"PING"):
                        self._socket.sendall(line.replace(b"PING", b"PONG", 1) + b"\r\n")
                    self.heard.append(line.decode(errors="replace"))
