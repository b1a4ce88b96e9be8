"""A client of one Jenkins: core's remote access API, and the Generic Webhook Trigger plugin. What it asks for, it asks for below
the target's own address, whatever addresses Jenkins gives in its answers."""

import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self
from urllib.parse import urlencode

from dominoci.domain import target as rules
from dominoci.outbound.client import Answer
from dominoci.outbound.exchange import Caller, Exchange, ExchangeFailed
from dominoci.vendors import jenkins_wire as wire
from dominoci.vendors.jenkins_wire import Build, Invoked, Item, Job

INVOKE: Final = "generic-webhook-trigger/invoke"
LONG: Final = 2 * 1024 * 1024  # builds repeat their parameters, and DOMINO_PAYLOAD is one
RECENT: Final = 50
PAGE: Final = 10
_BUILD_TREE: Final = "number,url,queueId,building,result"
_VALUES: Final = "actions[parameters[name,value]]"
_COMMITS: Final = "actions[lastBuiltRevision[SHA1]]"
_HEADER: Final = re.compile(r"[A-Za-z][A-Za-z0-9.-]{0,63}")
_OURS: Final = {"authorization", "cookie", "host", "content-type", "content-length"}

NO_JOB: Final = (
    "Jenkins knows no such job (404), or does not show it to this user: give the job's full path (folder/name, of a multibranch "
    "project folder/name/branch), and the user Job/Read."
)
NOT_THE_ROOT: Final = (
    "This is not the start page of a Jenkins: give that page's address, with its path if it has one (https://ci.example/jenkins)."
)
_NOT_STARTED: Final = {
    400: "Jenkins answered 400: the job declares no parameters, or does not take a value. Declare at least DOMINO_DELIVERY_ID.",
    404: NO_JOB,
    409: "Jenkins answered 409: the job is disabled, or cannot be built. Enable it in Jenkins.",
    413: "Jenkins answered 413: the parameters are too long. Do not send DOMINO_PAYLOAD through this proxy.",
}


@dataclass(frozen=True)
class Jenkins:
    """Signs in with a user and an API token (or a password: then it asks for a crumb when one is wanted). Every method raises
    ExchangeFailed. Any thread may call."""

    caller: Caller
    url: str
    user: str = ""
    api_token: str = field(repr=False, default="")

    @classmethod
    def of(cls, caller: Caller, fields: Mapping[str, Any], secrets: Mapping[str, str]) -> Self:
        """For a target's fields and secrets (domain.target). An address that was copied with the plugin's path is cut."""
        url = str(fields.get("url") or "").rstrip("/").removesuffix(f"/{INVOKE}")
        return cls(caller, url, str(fields.get("user") or ""), secrets.get("api_token", ""))

    @property
    def signs_in(self) -> bool:
        """Whether there are credentials with which builds can be asked for."""
        return bool(self.user and self.api_token)

    # ---- starting

    def invoke(self, token: str, message: bytes, shown: str, *, dry_run: bool = False) -> tuple[Invoked, Exchange]:
        """Sends a message to the jobs whose Generic Webhook Trigger has this token. `dry_run`: the plugin says which these are,
        and starts none. The credentials are not sent: the token is what counts here."""
        headers = {"content-type": "application/json", "token": token} | ({"gwt-dry-run": "true"} if dry_run else {})
        answer, exchange = self.caller.ask(
            "POST", f"{self.url}/{INVOKE}", headers=headers, content=message, shown=shown, max_body=LONG
        )
        if answer.status != 200:
            raise wire.failure(self.caller, answer, exchange, _not_invoked(answer))
        if not answer.body.strip() and not answer.truncated:
            return Invoked({}, silent=True), exchange
        return wire.invoked(wire.content(answer, exchange, ambiguous=not dry_run).get("jobs")), exchange

    def build(self, job: str, parameters: Mapping[str, str], shown: Mapping[str, str]) -> tuple[int | None, bool, Exchange]:
        """Queues a build with parameters; answers its queue item where Jenkins names it, and whether it was put together with one
        that is queued already. `shown` are the parameters as they may be stored."""
        path = f"{rules.jenkins_path(job)}/buildWithParameters"
        form = {"content-type": "application/x-www-form-urlencoded"}
        content = urlencode(parameters, errors="replace").encode()
        answer, exchange = self._post(path, form, content, urlencode(shown, errors="replace"))
        number = wire.item_in(answer.headers.get("location"))
        if answer.status == 303 and number is not None:
            return number, True, exchange
        if number is None and 200 <= answer.status < 300 and answer.status != 201:
            reading = f"Answered with {answer.status} and no queue item. {NOT_THE_ROOT}"
            raise ExchangeFailed(reading, exchange=exchange, retry=False)
        if not 200 <= answer.status < 300:
            raise wire.failure(self.caller, answer, exchange, _NOT_STARTED)
        return number, False, exchange

    # ---- runs

    def item(self, number: int) -> Item | None:
        """A queue item; None when there is none, or none any more: five minutes after it left the queue it is forgotten."""
        told = self._get(f"queue/item/{number}/api/json?tree=id,cancelled,executable[number,url]", missing=True)[0]
        return wire.item(told) if told is not None else None

    def build_at(self, path: str) -> Build | None:
        """A build by its path; None when there is none (any more)."""
        told = self._get(f"{path}/api/json?tree={_BUILD_TREE},{_COMMITS}", missing=True)[0]
        return wire.build(told) if told is not None else None

    def build_of_item(self, job: str, number: int) -> Build | None:
        """What became of a queue item, looked for among the job's recent builds; of a job that is gone nothing is known."""
        tree = f"builds[{_BUILD_TREE},{_COMMITS}]{{0,{RECENT}}}"
        told = self._get(f"{rules.jenkins_path(job)}/api/json?tree={tree}", missing=True)[0]
        builds = (wire.build(row) for row in wire.rows(told or {}, "builds"))
        return next((one for one in builds if one and one.queue_id == number), None)

    def queued_with(self, name: str, value: str) -> Item | None:
        """The queue item, of whatever job, that has a parameter of this value."""
        told = self._get(f"queue/api/json?tree=items[id,{_VALUES}]")[0] or {}
        return next((wire.item(row) for row in wire.rows(told, "items") if wire.parameter(row, name) == value), None)

    def build_with(self, job: str, name: str, value: str) -> Build | None:
        """The recent build of a job that has a parameter of this value. Asked for by the page: parameters may be long."""
        for begin in range(0, RECENT, PAGE):
            tree = f"builds[{_BUILD_TREE},{_VALUES}]{{{begin},{begin + PAGE}}}"
            told = self._get(f"{rules.jenkins_path(job)}/api/json?tree={tree}", missing=True)[0] or {}
            found = wire.rows(told, "builds")
            for row in found:
                if wire.parameter(row, name) == value:
                    return wire.build(row)
            if len(found) < PAGE:
                return None
        return None

    # ---- stopping

    def leave_queue(self, number: int) -> tuple[bool, Exchange]:
        """Takes an item out of the queue; False when it had left it already."""
        answer, exchange = self._post(f"queue/cancelItem?id={number}")
        if answer.status == 404:
            return False, exchange
        if answer.status == 422:
            reading = "Jenkins does not let this user take the build out of the queue (422): give it Job/Cancel."
            raise ExchangeFailed(reading, exchange=exchange, retry=False)
        return self._stopped(answer, exchange), exchange

    def stop(self, path: str) -> tuple[bool, Exchange]:
        """Has a build stopped; False when there is none (any more)."""
        answer, exchange = self._post(f"{path}/stop")
        return answer.status != 404 and self._stopped(answer, exchange), exchange

    def _stopped(self, answer: Answer, exchange: Exchange) -> bool:
        # Jenkins sends whoever pressed the button back to the page where it was
        if 200 <= answer.status < 300 or answer.status in (302, 303):
            return True
        raise wire.failure(self.caller, answer, exchange)

    # ---- looking

    def version(self) -> str:
        """The version of the Jenkins that answers here. Nobody has to be signed in for that."""
        answer, exchange = self.caller.ask("GET", f"{self.url}/api/json?tree=_class")
        version = answer.headers.get("x-jenkins")
        if answer.status == 429 or answer.status >= 500 or 300 <= answer.status < 400:
            raise wire.failure(self.caller, answer, exchange)
        if version is None or answer.status == 404:
            raise ExchangeFailed(f"Answered with {answer.status}. {NOT_THE_ROOT}", exchange=exchange, retry=False)
        return wire.printable(version, 40)

    def who(self) -> str:
        """The name of the user that the credentials are of."""
        told = self._get("whoAmI/api/json?tree=name,anonymous", no_such=NOT_THE_ROOT)[0] or {}
        return wire.printable(str(told.get("name") or "somebody"), 100)

    def job(self, job: str) -> Job:
        """A job, and what it declares."""
        tree = "fullName,buildable,property[parameterDefinitions[name]]"
        return wire.job(self._get(f"{rules.jenkins_path(job)}/api/json?tree={tree}")[0] or {})

    # ---- the wire

    def _get(self, path: str, *, missing: bool = False, no_such: str = NO_JOB) -> tuple[wire.Json | None, Exchange]:
        """What there is to read; None, where it may be `missing`, when there is nothing."""
        answer, exchange = self.caller.ask("GET", f"{self.url}/{path}", headers=self._signed(), max_body=LONG)
        if missing and answer.status == 404:
            return None, exchange
        if answer.status != 200:
            raise wire.failure(self.caller, answer, exchange, {404: no_such})
        return wire.content(answer, exchange), exchange

    def _post(
        self, path: str, headers: Mapping[str, str] | None = None, content: bytes = b"", shown: str = ""
    ) -> tuple[Answer, Exchange]:
        """An API token needs no crumb; a password does, and Jenkins says 403 without one, having done nothing."""
        signed, url = {**self._signed(), **(headers or {})}, f"{self.url}/{path}"
        answer, exchange = self.caller.ask("POST", url, headers=signed, content=content, shown=shown)
        if answer.status == 403 and (crumb := self._crumb()):
            return self.caller.ask("POST", url, headers={**signed, **crumb}, content=content, shown=shown)
        return answer, exchange

    def _signed(self) -> dict[str, str]:
        if not self.signs_in:
            return {}
        return {"authorization": f"Basic {b64encode(f'{self.user}:{self.api_token}'.encode()).decode()}"}

    def _crumb(self) -> dict[str, str]:
        """The header with a crumb, and the cookie of the session that it is good for; empty where Jenkins wants none."""
        answer, exchange = self.caller.ask("GET", f"{self.url}/crumbIssuer/api/json", headers=self._signed())
        if answer.status != 200:
            return {}
        told = wire.content(answer, exchange)
        name, crumb = told.get("crumbRequestField"), told.get("crumb")
        if not isinstance(name, str) or not _HEADER.fullmatch(name) or name.lower() in _OURS or not _safe(crumb):
            return {}
        cookie = answer.headers.get("set-cookie", "").partition(";")[0]
        return {name: str(crumb)} | ({"cookie": cookie} if _safe(cookie) else {})


def _safe(text: object) -> bool:
    """Whether it may stand in a header."""
    return isinstance(text, str) and 0 < len(text) <= 1000 and text.isascii() and text.isprintable()


def _not_invoked(answer: Answer) -> dict[int, str]:
    said = wire.message(answer)
    return {
        403: "The plugin's whitelist in Jenkins does not let us in (403): add our address, or take away the HMAC it wants.",
        404: "No job has this token (404): correct the token here or in the job's Generic Webhook Trigger, and run a new job "
        "once by hand, since Jenkins learns its triggers only then. Without the plugin Jenkins answers the same.",
        500: f"The plugin failed (500): {said or 'look into the log of Jenkins'}.",
    }
