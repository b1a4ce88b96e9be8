"""The channels of this installation: which there are, which of them can be used, and why not."""

from collections.abc import Mapping
from dataclasses import dataclass

from dominoci.config import Settings
from dominoci.domain import notice as rules
from dominoci.notify import discord, slack, teams
from dominoci.notify.base import Channel
from dominoci.notify.by_apprise import KINDS, AppriseChannel
from dominoci.notify.hooks import HookChannel
from dominoci.notify.irc import IrcChannel
from dominoci.notify.mail import MailChannel
from dominoci.outbound.exchange import Caller

NO_MAIL = "No mail server is set: an administrator sets DOMINOCI_SMTP_URL and DOMINOCI_SMTP_FROM."

NOT_ON = "This kind of channel is not switched on here: an administrator sets DOMINOCI_NOTIFY_KINDS."


@dataclass(frozen=True)
class Channels:
    """What can be sent to, by kind; and of what cannot, why not."""

    usable: Mapping[str, Channel]
    unusable: Mapping[str, str]

    def why_not(self, kind: str) -> str:
        """Why a kind cannot be used, as a sentence."""
        return self.unusable.get(kind, NOT_ON)


def of_settings(settings: Settings, caller: Caller) -> Channels:
    """The channels that these settings allow."""
    kinds = settings.notify_kinds
    hooks = ((rules.SLACK, slack.written), (rules.DISCORD, discord.written), (rules.TEAMS, teams.written))
    found: list[Channel] = [IrcChannel(caller.client)]
    found += [HookChannel(kind, rules.BUILT_IN[kind], written, caller) for kind, written in hooks]
    if settings.mail:
        found.append(MailChannel(settings.mail))
    found += [AppriseChannel(kind, kinds) for kind in kinds]
    return Channels({one.kind: one for one in found}, {} if settings.mail else {rules.EMAIL: NO_MAIL})


def known_kinds() -> tuple[str, ...]:
    """Every kind that could be switched on, sorted."""
    return tuple(sorted({*rules.BUILT_IN, *KINDS}))
