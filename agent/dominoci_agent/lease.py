"""Keeping one build's lease while it runs: heartbeats, and what their answers mean."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, field

from dominoci_agent.client.arbiter import BuildClient, LeaseLost, Refused, Unreachable
from dominoci_agent.runtime.stop import Stop, Why

# the step that runs at the deadline is shown as timed out, which only its runner can say
_RUNNER_FIRST_S = 0.5
# whoever has not ended so long after being told to is stuck, and its lease would never end
_STUCK_S = 300.0

_log = logging.getLogger("dominoci_agent.lease")


@dataclass
class Lease:
    """Heartbeats at a third of the lease, in a thread of its own. When none was answered for a whole lease, the build is
    somebody else's: `stop` is thrown; also when it was thrown long ago and nothing ends. `renewed` is the time (monotonic) of the
    last one that was. `deadline` is the build's own: the runner ends its steps then, and this whatever else takes so long (a
    fetch, an upload)."""

    client: BuildClient
    stop: Stop
    renewed: float
    deadline: float | None = None
    _ended: threading.Event = field(default_factory=threading.Event)
    _finishing: bool = False

    def keep(self) -> None:
        """Begin."""
        threading.Thread(target=self._beat, name=f"lease-{self.client.claim.id}", daemon=True).start()

    def finishing(self) -> None:
        """The build's end is being told: from now on a refused heartbeat only says that the telling was faster."""
        self._finishing = True

    def end(self) -> None:
        """No more heartbeats."""
        self._ended.set()

    def _beat(self) -> None:
        lease_s = self.client.claim.lease_s
        while not self._ended.wait(self._pause_s(lease_s / 3)):
            asked = time.monotonic()
            if self.stop.since is not None and asked - self.stop.since > _STUCK_S and not self._finishing:
                _log.error("build.stuck", extra={"build": self.client.claim.id, "detail": self.stop.why})
                self.stop.throw(Why.LEASE_LOST)
                return
            if self.deadline is not None and asked >= self.deadline + _RUNNER_FIRST_S:
                self.stop.throw(Why.TIMED_OUT)
                self.deadline = None
            try:
                if self.client.heartbeat():
                    self.stop.throw(Why.CANCELLED)
                self.renewed = asked
            except Unreachable:
                self._unanswered()
            except (LeaseLost, Refused) as error:
                if not self._finishing:
                    _log.warning("build.lease_lost", extra={"build": self.client.claim.id, "detail": str(error)})
                    self.stop.throw(Why.LEASE_LOST)
                return
            except Exception:  # noqa: BLE001 - the next line says why
                # a build whose heartbeats end silently would be run twice
                _log.exception("lease.crashed", extra={"build": self.client.claim.id})
                self._unanswered()

    def _unanswered(self) -> None:
        if time.monotonic() - self.renewed >= self.client.claim.lease_s:
            self.stop.throw(Why.LEASE_LOST)

    def _pause_s(self, usual_s: float) -> float:
        if self.deadline is None:
            return usual_s
        return min(usual_s, max(0.01, self.deadline + _RUNNER_FIRST_S - time.monotonic()))
