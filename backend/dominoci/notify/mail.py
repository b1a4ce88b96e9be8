"""E-mail through the administrator's own server: plain text only, so that nothing in it is ever markup."""

import smtplib
import ssl
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, parseaddr
from functools import partial
from hashlib import sha256
from typing import Any, ClassVar, Final

from dominoci.config import MailServer
from dominoci.notify.base import Address, Sent
from dominoci.notify.hard_end import Busy, HardEnd
from dominoci.notify.wording import Notice

ALL_S: Final = 10.0  # from the first connection to the last answer
MAILS_S: Final = 6.0  # after which no further mail of one notice is begun
AT_ONCE: Final = 8  # notices in one process: as many as are sent side by side
LONGEST_SUBJECT: Final = 150


@dataclass
class Round:
    """One notice, to those who are still owed it. `told` have it, `refused` never get it, `later` says by which answer of the
    server somebody is to wait."""

    told: list[str]
    refused: list[str]
    later: int | None = None

    def owed(self, recipients: Sequence[str]) -> list[str]:
        """Who of these has neither got it nor been refused."""
        return [one for one in recipients if one not in self.told and one not in self.refused]

    @property
    def progress(self) -> dict[str, Any]:
        """For the next try."""
        return {"told": list(self.told), "refused": list(self.refused)}


@dataclass(frozen=True)
class MailChannel:
    """The server that the settings name."""

    server: MailServer
    kind: str = "email"
    title: str = "E-mail"
    hard_end: HardEnd = field(default_factory=partial(HardEnd, AT_ONCE))
    fields: ClassVar[tuple[str, ...]] = ("to",)

    def check(self, address: Address) -> None:
        """See Channel. Whom a mail may go to is for the server to say."""

    def send(self, notice: Notice, to: Address) -> Sent:
        """See Channel. One mail to each address of its own: whoever gets one learns nothing of the others."""
        started = time.monotonic()
        going = Round(list(to.progress.get("told", ())), list(to.progress.get("refused", ())))
        again, reading = True, ""
        try:
            self.hard_end.run(partial(self._hand_over, notice, to.shown["to"], going))
        except Busy:
            reading = "Too many mails are under way."
        except smtplib.SMTPResponseException as error:
            again, reading = error.smtp_code < 500, f"The mail server answered {error.smtp_code}."
        except (smtplib.SMTPException, ssl.SSLError, OSError) as error:
            reading = f"The mail server could not be used: {_why(error)}."
        taken = not reading and not going.refused and going.later is None
        if not reading:
            again, reading = going.later is not None, _reading(going, to.shown["to"])
        return Sent(taken, reading, again=again, duration_ms=_ms(started), progress=going.progress)

    def _hand_over(self, notice: Notice, recipients: Sequence[str], going: Round) -> None:
        """Gives the mails to the server, and notes what became of each. Raises what smtplib raises."""
        started = time.monotonic()
        smtp = self._connected(started + ALL_S)
        try:
            for one in going.owed(recipients):
                if time.monotonic() > started + MAILS_S:
                    raise TimeoutError
                self._mail(smtp, written(notice, self.server.sender, one), one, going)
        finally:
            with suppress(smtplib.SMTPException, OSError):  # what is done is done
                smtp.quit()
            smtp.close()

    def _mail(self, smtp: smtplib.SMTP, mail: EmailMessage, recipient: str, going: Round) -> None:
        try:
            smtp.send_message(mail, parseaddr(self.server.sender)[1], [recipient])
        except smtplib.SMTPRecipientsRefused as error:
            code = error.recipients[recipient][0]
        except smtplib.SMTPDataError as error:
            code = error.smtp_code
        else:
            going.told.append(recipient)
            return
        if code >= 500:
            going.refused.append(recipient)
        else:
            going.later = code

    def _connected(self, deadline: float) -> smtplib.SMTP:
        server = self.server
        context = ssl.create_default_context()
        if server.security == "tls":
            smtp: smtplib.SMTP = _TimedTls(deadline, server.host, server.port, context=context)
        else:
            smtp = _Timed(deadline, server.host, server.port)
        try:
            if server.security == "starttls":
                smtp.starttls(context=context)  # raises where the server has none: a password never goes in the clear
            if server.user:
                smtp.login(server.user, server.password)
        except BaseException:
            smtp.close()
            raise
        return smtp


class _Timed(smtplib.SMTP):
    """Each step may take what is left until the deadline: however many there are, they are over by then."""

    def __init__(self, deadline: float, host: str, port: int, **more: Any) -> None:
        self._deadline = deadline
        super().__init__(host, port, timeout=self._left(), **more)

    def _left(self) -> float:
        return max(self._deadline - time.monotonic(), 0.01)

    def send(self, s: Any) -> None:
        """See smtplib."""
        if self.sock:
            self.sock.settimeout(self._left())
        super().send(s)

    def getreply(self) -> tuple[int, bytes]:
        """See smtplib."""
        if self.sock:
            self.sock.settimeout(self._left())
        return super().getreply()


class _TimedTls(_Timed, smtplib.SMTP_SSL):
    """The same with TLS from the first byte."""


def _reading(going: Round, recipients: Sequence[str]) -> str:
    said = [f"The mail server does not take mail for {', '.join(going.refused)}."] if going.refused else []
    if going.later is not None:
        said.append(f"The mail server answered {going.later} for {', '.join(going.owed(recipients))}.")
    return " ".join(said) or "Taken by the mail server."


def written(notice: Notice, sender: str, recipient: str) -> EmailMessage:
    """The mail. Its Message-ID is the same over all tries, so that a mail program shows one that came twice once."""
    mail = EmailMessage(policy=SMTP)
    subject = notice.headline
    mail["From"], mail["To"] = sender, recipient
    mail["Subject"] = subject if len(subject) <= LONGEST_SUBJECT else subject[: LONGEST_SUBJECT - 1] + "…"
    mail["Date"] = formatdate()
    each = sha256(recipient.encode()).hexdigest()[:12]
    mail["Message-ID"] = f"<{notice.id}.{each}@{parseaddr(sender)[1].rpartition('@')[2] or 'dominoci'}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday notice answers this
    paragraphs = [notice.headline, "\n".join(f"{what}: {text}" for what, text in notice.lines)]
    paragraphs.append("\n".join(f"{what}: {address}" for what, address in notice.links))
    paragraphs.append(f"-- \n{notice.footer}" if notice.footer else "")
    mail.set_content("\n\n".join(filter(None, paragraphs)) + "\n", cte="quoted-printable")
    return mail


def _why(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return "it offers no STARTTLS, or no sign-in"
    if isinstance(error, ssl.SSLError):
        return "its certificate is not trusted, or TLS failed"
    return "it did not answer in time" if isinstance(error, TimeoutError) else "no connection came about, or it broke off"


def _ms(started: float) -> int:
    return round((time.monotonic() - started) * 1000)
