"""The bot's connection against a server that says what a test tells it to: what real networks say and ngIRCd does not."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Thread

import pytest

from dominoci.bot.irc_client import BURST, Heard, IrcClient
from dominoci.config import IrcSettings
from tests.fakes.certificate import self_signed
from tests.waiting import until


class Line:
    """A client that has connected to a server of lines; `said` is what it told the server."""

    def __init__(self, nick: str = "dominoci") -> None:
        self.said: list[str] = []
        self.heard: list[Heard] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        settings = IrcSettings("127.0.0.1", self._listener.getsockname()[1], False, "#ci", nick, "knock")
        self.client = IrcClient(settings, self.heard.append)
        self.client.connect()
        self.server, _ = self._listener.accept()
        self.server.setblocking(False)
        self._rest = b""

    def close(self) -> None:
        """Both ends."""
        self.client.leave("the test is over")
        self.server.close()
        self._listener.close()

    def tells(self, *lines: str | bytes) -> None:
        """The server says these lines, and the client hears them."""
        for line in lines:
            self.server.sendall((line if isinstance(line, bytes) else line.encode()) + b"\r\n")
            self.client.turn(0.2)

    def gets(self, line: str) -> None:
        """Waits until the client has said this to the server."""

        def came() -> bool:
            self.client.turn(0.01)
            with suppress(BlockingIOError):
                self._rest += self.server.recv(65536)
            *lines, self._rest = self._rest.split(b"\r\n")
            self.said += [one.decode() for one in lines]
            return line in self.said

        until(came, f"{line}; said {self.said}", within_s=10)


@pytest.fixture
def line() -> Iterator[Line]:
    """A client that the server has let in."""
    made = Line()
    made.gets("PASS knock")
    made.gets("USER dominoci 0 * :dominoci")
    made.tells(":irc.test 001 dominoci :Welcome")
    made.gets("JOIN #ci")
    made.tells(":dominoci!~d@bot.test JOIN #ci")
    yield made
    made.close()


def test_it_asks_for_accounts_and_knows_people_by_them_and_without_one_by_the_whole_mask(line: Line) -> None:
    line.gets("CAP REQ account-tag")
    line.tells("@time=2026-11-21T10:00:00Z;account=ada :Ada_!~a@gw.test PRIVMSG #ci :dominoci: status core")
    line.tells(":Ada_!~a@gw.test PRIVMSG dominoci :help", "@+account=root :eve!~e@x.test PRIVMSG dominoci :trigger core")
    assert line.heard == [
        Heard("Ada_", "ada", "status core", "#ci"),
        Heard("Ada_", "ada_!~a@gw.test", "help", None),
        Heard("eve", "eve!~e@x.test", "trigger core", None),
    ]


NOISE = (
    *(b"", b":", b"@", b"QUIT", b":irc.test", b":irc.test PRIVMSG dominoci", b"PRIVMSG dominoci :from nobody", b":a NICK"),
    *(b":irc.test PRIVMSG dominoci :from the server", b":ada!a@h NOTICE dominoci :help"),
    b":ada!a@h PRIVMSG dominoci :\x01VERSION\x01",
    *(b":ada!a@h PRIVMSG #ci :dominocis are green", b":ada!a@h PRIVMSG #ci :help", b"CAP * NAK :account-tag", b":ada!a@h KICK"),
)


@pytest.mark.parametrize("noise", NOISE)
def test_what_is_no_word_to_it_is_passed_over_and_the_next_one_is_heard(line: Line, noise: bytes) -> None:
    line.tells(noise, b":ada!a@h PRIVMSG dominoci :status caf\xe9")  # not UTF-8
    assert [one.text for one in line.heard] == ["status café"]


def test_a_name_that_is_taken_gets_an_underscore() -> None:
    line = Line()
    line.tells(":irc.test 433 * dominoci :Nickname is already in use")
    line.gets("NICK dominoci_")
    line.tells(":irc.test 001 dominoci_ :Welcome")
    line.tells(":ada!a@h PRIVMSG #ci :dominoci_: help", ":ada!a@h PRIVMSG #ci :dominoci: help")
    line.gets("NICK dominoci")  # it tries to get its own back
    assert [one.text for one in line.heard] == ["help"]
    line.close()


def test_what_it_says_is_one_line_for_its_hearer_and_never_more_at_once_than_a_server_takes(line: Line) -> None:
    line.client.say("#ci", "ada: a\r\nQUIT :b\x01" + "漢" * 300)
    for n in range(100):
        line.client.say("ada", str(n))
    line.gets("PRIVMSG ada :3")
    said = [one for one in line.said if one.startswith("PRIVMSG")]
    assert len(said) == BURST
    assert said[0].startswith("PRIVMSG #ci :ada: a QUIT :b 漢")
    assert len(said[0].encode()) < 450
    assert not any(one.startswith("QUIT") for one in line.said)


def test_a_line_without_end_cuts_the_server_off(line: Line) -> None:
    line.server.setblocking(True)
    for _ in range(10):
        line.server.sendall(b"x" * 8192)
        line.client.turn(0.2)
    assert not line.client.connected


def test_with_tls_it_speaks_to_its_server_and_to_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate, key = self_signed(tmp_path, "localhost")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    got: list[bytes] = []

    def serve() -> None:
        for _ in range(2):
            plain, _address = listener.accept()
            with plain, suppress(OSError), context.wrap_socket(plain, server_side=True) as connection:
                while part := connection.recv(512):
                    got.append(part)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Thread(target=serve)
        server.start()
        settings = IrcSettings("localhost", listener.getsockname()[1], True, "#ci", "dominoci")
        with pytest.raises(OSError, match="certificate verify failed"):
            IrcClient(settings, lambda _: None).connect()
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        client = IrcClient(settings, lambda _: None)
        client.connect()
        client.leave("the test is over")
        server.join(10)
    assert b"NICK dominoci" in b"".join(got)
