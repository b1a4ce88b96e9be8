"""The arbiter's API as commands speak it: one request in, JSON out, and every refusal as one line for people."""

from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote

import dominoci
from dominoci.cli.common import CannotRun, Failed
from dominoci.cli.remote.shown import inert
from dominoci.config import Remote

if TYPE_CHECKING:
    import httpx

TIMEOUT_S = 30.0
CONNECT_S = 10.0
MAX_WAIT_S = 60.0


class Refused(Failed):
    """The arbiter understood, and said no: exit code 1. `problem` is its problem document."""

    def __init__(self, line: str, status: int, problem: Mapping[str, Any]) -> None:
        super().__init__(inert(line))
        self.status, self.problem = status, problem


class NotAnswered(CannotRun):
    """No usable answer came: exit code 2. `passing` when asking again may help, `retry_after_s` when the arbiter said when."""

    def __init__(self, line: str, *, passing: bool = False, retry_after_s: float = 0.0) -> None:
        super().__init__(inert(line))
        self.passing, self.retry_after_s = passing, retry_after_s


class Arbiter:
    """A connection to one arbiter; use it as a context manager. Addresses are given in parts, which are quoted here."""

    def __init__(self, remote: Remote) -> None:
        import httpx

        self.url = remote.url
        agent = f"dominoci/{dominoci.__version__}"
        try:
            self._http = httpx.Client(
                headers={"Authorization": f"Bearer {remote.token}", "User-Agent": agent, "Accept": "*/*"},
                timeout=httpx.Timeout(TIMEOUT_S, connect=CONNECT_S),
            )
        except (OSError, ValueError) as e:
            raise CannotRun(f"the connection cannot be set up (see SSL_CERT_FILE and the proxy's variables): {e}") from e

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._http.close()

    def get(self, *parts: str, **query: Any) -> Any:
        """The JSON at an address; of the query, what is None is left out."""
        return self._json(self._ask("GET", parts, query))

    def text(self, *parts: str, **query: Any) -> str:
        """The same for what is not JSON."""
        return self._ask("GET", parts, query).text

    def post(self, *parts: str, body: Mapping[str, Any], **query: Any) -> Any:
        """What the arbiter answers to this body."""
        return self._json(self._ask("POST", parts, query, body))

    def put(self, *parts: str, body: Mapping[str, Any]) -> Any:
        """What the arbiter answers when this is put there."""
        return self._json(self._ask("PUT", parts, {}, body))

    def patch(self, *parts: str, body: Mapping[str, Any]) -> Any:
        """What the arbiter answers to this change."""
        return self._json(self._ask("PATCH", parts, {}, body))

    def delete(self, *parts: str) -> None:
        """Deletes what is at an address."""
        self._ask("DELETE", parts, {})

    def _ask(
        self, method: str, parts: tuple[str, ...], query: Mapping[str, Any], body: Mapping[str, Any] | None = None
    ) -> "httpx.Response":
        import httpx

        address = "/".join([self.url, "api/v1", *(quote(part, safe="") for part in parts)])
        given = {key: value for key, value in query.items() if value is not None}
        try:
            answer = self._http.request(method, address, params=given, json=body)
        except httpx.InvalidURL as e:
            raise CannotRun(f"{self.url} is no address that can be asked: {e}") from e
        except httpx.TransportError as e:
            raise NotAnswered(self._unreachable(e), passing=True) from e
        if not answer.is_success:
            raise self._refusal(answer)
        return answer

    def _json(self, answer: "httpx.Response") -> Any:
        try:
            return answer.json()
        except ValueError as e:
            kind = answer.headers.get("content-type", "no content type")
            raise NotAnswered(f"{self.url} did not answer as DominoCI does ({answer.status_code}, {kind})") from e

    def _unreachable(self, error: "httpx.TransportError") -> str:
        import httpx

        if isinstance(error, httpx.TimeoutException):
            return f"{self.url} did not answer in time"
        advice = "is the arbiter running there? --url or DOMINOCI_URL says where it is"
        if "CERTIFICATE" in str(error).upper():
            advice = "SSL_CERT_FILE names the certificates to trust"
        return f"cannot reach {self.url} ({error or type(error).__name__}): {advice}"

    def _refusal(self, answer: "httpx.Response") -> Exception:
        status, problem = answer.status_code, _problem_of(answer)
        if 300 <= status < 400:
            there = answer.headers.get("location", "elsewhere")
            return NotAnswered(f"{self.url} redirects to {there}: give the arbiter's final address")
        if not problem:
            return NotAnswered(f"{self.url} did not answer as DominoCI does (status {status})", passing=status >= 500)
        line = line_of(problem)
        if status == 429 or status >= 500:
            return NotAnswered(line, passing=True, retry_after_s=_seconds(answer.headers.get("retry-after", "")))
        if status in (401, 403):
            return NotAnswered(line)
        return Refused(line, status, problem)


def line_of(problem: Mapping[str, Any]) -> str:
    """A problem document as one line: its sentence, then the fields that are wrong."""
    said = str(problem.get("detail") or problem.get("title") or "refused")
    errors = problem.get("errors")
    fields = errors.items() if isinstance(errors, Mapping) else ()
    wrong = "; ".join(f"{name}: {' '.join(map(str, texts))}" for name, texts in fields)
    return " ".join(filter(None, [said, wrong]))


def _problem_of(answer: "httpx.Response") -> dict[str, Any]:
    """The problem document of a refusal; empty when it is none, so that some other server was asked."""
    try:
        found = answer.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) and "title" in found else {}


def _seconds(text: str) -> float:
    """Retry-After in seconds; a date, or what cannot be read, is 0."""
    return min(float(text), MAX_WAIT_S) if text.isascii() and text.isdecimal() and len(text) < 6 else 0.0
