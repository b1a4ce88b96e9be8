"""The bot's process. Any number may run; one of them is on IRC, by a lease in the database, and the others wait for its end."""

import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import structlog

from dominoci.bootstrap import Container
from dominoci.bot.irc_client import Heard, IrcClient
from dominoci.config import IrcSettings
from dominoci.domain.chat import IRC
from dominoci.domain.errors import DominoError, TooMany
from dominoci.domain.ids import new_id
from dominoci.services import named_leases
from dominoci.services.bot_commands import Bot
from dominoci.services.chat_accounts import Speaker

log = structlog.get_logger()
LEASE: Final = "irc"
RENEW_S: Final = 5.0
SAFE_S: Final = 12.0  # without a word of the database nobody else may have taken the lease for so long
TURN_S: Final = 0.2
LONGEST_WAIT_S: Final = 60.0  # between two tries to connect
CRASHED: Final = "Something went wrong here; the log says what."


def run(container: Container, settings: IrcSettings) -> int:
    """Listens until SIGTERM or SIGINT. A server or a database that is away is waited for; no error ends the process."""
    leaving = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _signal, _frame: leaving.set())
    process = Process(container, settings)
    log.info("bot_ready", server=settings.host, channel=settings.channel)
    while not leaving.is_set():
        try:
            process.turn(leaving)
        except Exception:  # the next turn tries again; the traceback is in the log
            log.exception("bot_turn_failed")
            leaving.wait(1)
    process.end()
    return 0


@dataclass
class Process:
    """Holds the lease, keeps the connection, answers. `clock` counts seconds."""

    container: Container
    settings: IrcSettings
    clock: Callable[[], float] = time.monotonic
    owner: str = field(default_factory=new_id)
    _held_at: float | None = None  # by our own clock: when the lease was last taken or prolonged
    _asked_at: float = float("-inf")
    _failures: int = 0
    _try_at: float = 0.0

    def __post_init__(self) -> None:
        self._bot = Bot(self.container.transactions)
        self._client = IrcClient(self.settings, self.heard)

    def turn(self, leaving: threading.Event) -> None:
        """A fifth of a second of work."""
        if not self.holds_lease():
            if self._client.connected:
                self._client.leave("another bot takes over")
            leaving.wait(1)
        elif self._client.connected:
            self._client.turn(TURN_S)
        elif not self._connects(self.clock()):  # that may take longer than the lease: it is asked for again before anything
            leaving.wait(TURN_S)

    def end(self) -> None:
        """Leaves, and lets another process take over at once."""
        if self._client.connected:
            self._client.leave("stopped")
        if self._held_at is not None:
            try:
                self.container.write(named_leases.release, LEASE, self.owner)
            except DominoError as e:
                log.warning("lease_not_released", because=e.detail)

    def holds_lease(self) -> bool:
        """Whether nobody else may be on IRC now. Takes the lease where it is free, and prolongs it; where the database does not
        answer it counts for as long as nobody else can have taken it."""
        now = self.clock()
        if now - self._asked_at >= (RENEW_S if self._held_at is not None else 1):
            self._asked_at = now
            try:
                held = self.container.write(named_leases.hold, LEASE, self.owner)
            except DominoError as e:
                log.warning("lease_not_renewed", because=e.detail)
            else:
                self._held_at = now if held else None
        return self._held_at is not None and self.clock() - self._held_at < SAFE_S

    def _connects(self, now: float) -> bool:
        if now < self._try_at:
            return False
        try:
            self._client.connect()
        except OSError as e:
            self._failures += 1
            self._try_at = now + min(2.0**self._failures, LONGEST_WAIT_S)
            log.warning("irc_not_connected", server=self.settings.host, error=str(e), again_in_s=round(self._try_at - now))
            return False
        self._failures, self._try_at = 0, now + 2
        return True

    def heard(self, said: Heard) -> None:
        """Answers what was said to the bot, as long as nobody else may be answering it, too."""
        if not self.holds_lease():
            log.warning("chat_command_dropped", account=said.account, because="the lease is over")
            return
        speaker = Speaker(f"{IRC}:{self.settings.host.lower()}", said.account, said.nick)
        try:
            reply = self._bot.answer(speaker, said.text, alone=said.channel is None)
        except TooMany as e:
            log.info("chat_flood", account=said.account, wait_s=e.retry_after)  # an answer would only add to it
            return
        except Exception:  # whoever asked is told, and the bot goes on listening
            log.exception("chat_command_failed", account=said.account)
            self._client.say(said.channel or said.nick, CRASHED)
            return
        here = said.channel is not None and not reply.alone
        for line in reply.lines:
            self._client.say(said.channel if here and said.channel else said.nick, f"{said.nick}: {line}" if here else line)
