"""A real SMTP server on 127.0.0.1 (aiosmtpd) that keeps the mails it takes, in a file each, and refuses whom it is told to."""

import email
import ssl
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.bed.process import free_port

USER, PASSWORD = "ci@example.org", "p@ss:word"


class MailServer:
    """Use as a context manager. With `tls` it offers STARTTLS and asks for USER and PASSWORD. `refusals` are answers to RCPT by
    recipient, such as "550 no such user"; those that begin with 4 are given once. Mails to
    `spam` are refused once they have been read."""

    def __init__(self, folder: Path, tls: ssl.SSLContext | None = None) -> None:
        self.folder, self.refusals, self.spam = folder, dict[str, str](), set[str]()
        folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        secured: dict[str, Any] = {"tls_context": tls, "require_starttls": True, "auth_required": True} if tls else {}
        self._controller = Controller(
            self, hostname="127.0.0.1", port=self.port, authenticator=_knows, server_hostname="mx.test", **secured
        )

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    @property
    def files(self) -> list[Path]:
        """The mails as they came, in the order of coming."""
        return sorted(self.folder.glob("*.eml"))

    @property
    def mails(self) -> list[EmailMessage]:
        """The same, read."""
        return [email.message_from_bytes(path.read_bytes(), policy=default) for path in self.files]

    async def handle_RCPT(self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]) -> str:  # noqa: N802 - aiosmtpd's name
        """See aiosmtpd."""
        if refusal := self.refusals.get(address):
            if refusal.startswith("4"):
                del self.refusals[address]
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """See aiosmtpd."""
        if self.spam & {*envelope.rcpt_tos}:
            return "554 this is spam"
        (self.folder / f"{len(self.files):03d}.eml").write_bytes(envelope.original_content or b"")
        return "250 OK"


def _knows(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, told: LoginPassword) -> AuthResult:
    return AuthResult(success=(told.login, told.password) == (USER.encode(), PASSWORD.encode()), handled=False)
