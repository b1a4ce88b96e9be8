"""The scheduler process: asks the database every second which timers are due. Any number of schedulers may run."""

import signal
import threading

import structlog

from dominoci.bootstrap import Container
from dominoci.domain.errors import DominoError

log = structlog.get_logger()
TICK_S = 1.0


def run(container: Container) -> int:
    """Ticks until SIGTERM or SIGINT. A database that is away is waited for; no error ends the process."""
    leaving = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _signal, _frame: leaving.set())
    log.info("scheduler_ready")
    prepared = False
    while not leaving.wait(TICK_S if prepared else 0.1):
        try:
            if not prepared:
                container.upkeep.prepare()
                prepared = True
            container.upkeep.tick()
        except DominoError as e:
            log.warning("tick_failed", because=e.detail)
        except Exception:  # the next tick tries again; the traceback is in the log
            log.exception("tick_failed")
    return 0
