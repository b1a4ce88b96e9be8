"""Who this agent is: its own token, got once for an enrolment token and kept in the work folder."""

from __future__ import annotations

import json
import logging
import os
import threading
from collections.abc import Iterable
from pathlib import Path

from dominoci_agent.client.arbiter import Arbiter, Json, Refused, Unreachable, introduction
from dominoci_agent.config import AgentSettings

_log = logging.getLogger("dominoci_agent.identity")


class Identity:
    """The agent's credential. Used by the claimer alone, so it needs no lock."""

    def __init__(self, settings: AgentSettings, arbiter: Arbiter, file: Path, executors: Iterable[str] = ("local",)) -> None:
        self._settings, self._arbiter, self._file, self._executors = settings, arbiter, file, executors
        self._token: str | None = None
        self._told = False
        self._introduction: Json | None = introduction(settings.labels, settings.slots, executors)

    def introduction(self) -> Json | None:
        """What goes along with a claim: what this agent is able to do, until `introduced`."""
        return self._introduction

    def introduced(self) -> None:
        """The arbiter has heard it."""
        self._introduction = None

    def token(self, stopping: threading.Event) -> str:
        """The token to claim with; registers when there is none yet. Unreachable when that does not work now: the
        enrolment token may still be on its way."""
        if self._token is None and not stopping.is_set():
            self._token = self._kept() or self._register()
        if self._token is None:
            raise Unreachable("the agent is stopping")
        return self._token

    def forget(self) -> None:
        """The token was refused: register again next time."""
        self._token = None
        self._file.unlink(missing_ok=True)

    def _kept(self) -> str | None:
        try:
            kept = json.loads(self._file.read_text())
            # a token is for one arbiter only; it must never be sent to another address
            return str(kept["token"]) if kept["url"] == self._arbiter.url else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _register(self) -> str:
        enrolment = self._settings.enrolment_token()
        if enrolment is None:
            raise Unreachable("there is no enrolment token yet")
        told = self._settings
        try:
            registration = self._arbiter.register(enrolment, told.name, told.labels, told.slots, self._executors)
        except Refused as error:
            if not self._told:
                self._told = True
                _log.warning("enrolment.refused", extra={"url": self._arbiter.url, "detail": str(error)})
            raise Unreachable(f"the enrolment token was refused: {error}") from None
        self._keep(registration.id, registration.token)
        self._told = False
        _log.info("agent.registered", extra={"id": registration.id, "agent": told.name})
        return registration.token

    def _keep(self, agent_id: str, token: str) -> None:
        text = json.dumps({"id": agent_id, "token": token, "url": self._arbiter.url})
        fresh = self._file.with_suffix(".new")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as stream:
            stream.write(text)
        fresh.replace(self._file)
