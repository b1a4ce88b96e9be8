"""A test connection is a list of steps, each timed, and the first that fails ends it: what comes after it cannot be known."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from dominoci.adapters.base import Finding
from dominoci.outbound.client import GuardedClient
from dominoci.outbound.errors import OutboundError
from dominoci.outbound.exchange import ExchangeFailed


@dataclass
class Steps:
    """Collects what each step found."""

    findings: list[Finding] = field(default_factory=list)

    def take(self, step: str, ask: Callable[[], str]) -> bool:
        """Runs a step, which answers a sentence or raises ExchangeFailed or OutboundError; False when it did not hold."""
        begin = time.monotonic()
        try:
            detail, ok = ask(), True
        except ExchangeFailed as error:
            detail, ok = error.reading, False
        except OutboundError as error:
            detail, ok = str(error), False
        self.findings.append(Finding(step, ok, detail, round((time.monotonic() - begin) * 1000)))
        return ok

    def address(self, client: GuardedClient, url: str) -> bool:
        """Whether the arbiter may send to this address at all."""

        def look() -> str:
            client.check_url(url)
            return "The address may be used."

        return self.take("address", look)
