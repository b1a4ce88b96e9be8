"""The bot's commands: who may say what, where it is answered, and what there is to say. Slack and IRC share it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import structlog

from dominoci.domain.chat import LONGEST_LINE, Command, read_command
from dominoci.domain.errors import DominoError, Invalid, NotFound, TooMany
from dominoci.domain.plain_text import one_line
from dominoci.infra.unit_of_work import Transactions
from dominoci.services import bot_answers, chat_accounts
from dominoci.services.access import Principal
from dominoci.services.bot_answers import Answer
from dominoci.services.chat_accounts import Speaker

log = structlog.get_logger()
LINK, HELP = "link", "help"
READ_ALONG: Final = "Others have read that code, so it is no good any more: make a new one, and say it to me alone."


@dataclass(frozen=True)
class Word:
    """A command: what is said behind its name, what it does (for help and the docs), and whether it changes anything."""

    usage: str
    meaning: str
    answer: Answer
    changes: bool = False


COMMANDS: Final[Mapping[str, Word]] = {
    "status": Word("[project]", "how a project stands; without one, what needs you, and the newest trees", bot_answers.status),
    "tree": Word("<project or tree>", "how a tree stands, and what went wrong in it", bot_answers.tree),
    "why": Word("<project> [tree], or <tree> <sub id>", "why something ran, waits, or did not run", bot_answers.explain),
    "trigger": Word(
        "<project or job> [ref] [NAME=value …]", "start a build on the agents here", bot_answers.trigger, changes=True
    ),
    "cancel": Word(
        "<tree> [sub id], or <project>#<number>", "cancel a tree, an event or a build", bot_answers.cancel, changes=True
    ),
}
USAGE: Final = (
    *(f"{name} {word.usage}: {word.meaning}" for name, word in COMMANDS.items()),
    "link <code>: be known as yourself (the code is made on your account's page); say it to me alone",
)


@dataclass(frozen=True)
class Reply:
    """What is said, line by line; `alone`: to whoever asked, and to nobody else."""

    lines: Sequence[str]
    alone: bool


@dataclass(frozen=True)
class Bot:
    """Answers commands. Any thread may call."""

    transactions: Transactions

    def answer(self, speaker: Speaker, text: str, *, alone: bool = True) -> Reply:
        """The answer to what somebody said, to the bot alone or where others read along: there is told only what is public, and
        the rest to the speaker alone. Raises TooMany when somebody says too much."""
        command = read_command(text)
        try:
            who = self.transactions.write(chat_accounts.hear, speaker)
            reply = self._answer(speaker, who, command, alone)
        except TooMany:
            raise
        except DominoError as refusal:
            reply = Reply(_refused(refusal), alone)
        log.info("chat_command", network=speaker.network, account=speaker.account, command=command.name[:20], alone=reply.alone)
        return Reply([one_line(line, LONGEST_LINE) for line in reply.lines], reply.alone)

    def _answer(self, speaker: Speaker, who: Principal, command: Command, alone: bool) -> Reply:
        if command.name == LINK:
            return self._link(speaker, command, alone)
        word = COMMANDS.get(command.name)
        if word is None:
            if command.name == HELP:
                return Reply(USAGE, alone=True)
            return Reply([f"I do not know {command.name}. Say help for what I do know."], alone)
        if word.changes:
            return self._change(speaker, who, word, command, alone)
        if alone or not who.id:
            return Reply(self.transactions.read(word.answer, who, command.words), alone)
        return self._tell_many(speaker, who, word, command)

    def _change(self, speaker: Speaker, who: Principal, word: Word, command: Command, alone: bool) -> Reply:
        """What came of a change; also a refusal is told to others only where all may see what it is about."""
        if not who.id:
            page = f"{self.transactions.settings.public_url}/me/chat"
            return Reply([f"I do not know you here: make a code at {page}, and say to me alone: link <code>"], alone)
        quiet = alone or not self.transactions.read(bot_answers.may_see, chat_accounts.stranger(speaker), command.words)
        try:
            return Reply(self.transactions.write(word.answer, who, command.words), quiet)
        except DominoError as refusal:
            return Reply(_refused(refusal), quiet)

    def _tell_many(self, speaker: Speaker, who: Principal, word: Word, command: Command) -> Reply:
        """Others read along who may see less than the speaker: they are told what everybody may see."""
        try:
            return Reply(self.transactions.read(word.answer, chat_accounts.stranger(speaker), command.words), alone=False)
        except NotFound:
            return self._tell_alone(who, word, command)

    def _tell_alone(self, who: Principal, word: Word, command: Command) -> Reply:
        """What only the speaker may see; also a refusal names it, and is told to nobody else."""
        try:
            return Reply(self.transactions.read(word.answer, who, command.words), alone=True)
        except DominoError as refusal:
            return Reply(_refused(refusal), alone=True)

    def _link(self, speaker: Speaker, command: Command, alone: bool) -> Reply:
        if not command.words:
            raise Invalid("Say the code too: link <code>. One is made on your account's page.")
        if not alone:
            self.transactions.write(chat_accounts.burn, command.words[0])
            return Reply([READ_ALONG], alone)
        name = self.transactions.write(chat_accounts.link, speaker, command.words[0])
        return Reply([f"You are {name} here from now on, and may do here what {name} may do."], alone)


def _refused(error: DominoError) -> list[str]:
    """A refusal, and what is wrong with each field where that is said."""
    fields = error.errors if isinstance(error, Invalid) else {}
    return [error.detail, *(f"{name}: {' '.join(said)}" for name, said in list(fields.items())[:4])]
