"""How long to wait before asking again."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

FIRST_S = 0.2
MOST_S = 5.0


@dataclass
class Backoff:
    """Exponential, with jitter so that agents that lost one arbiter together do not come back together."""

    first_s: float = FIRST_S
    most_s: float = MOST_S
    failures: int = 0
    rng: random.Random = field(default_factory=random.Random)

    def next(self, retry_after: str | None = None) -> float:
        """Seconds to wait after one more failure; at least what the server's Retry-After says (whole seconds, at most
        a minute)."""
        ceiling = min(self.most_s, self.first_s * float(1 << min(self.failures, 16)))
        self.failures += 1
        wait = ceiling * (0.5 + self.rng.random() / 2)
        if retry_after and retry_after.strip().isdigit():
            wait = max(wait, min(60.0, float(retry_after)))
        return wait

    def reset(self) -> None:
        """Something succeeded."""
        self.failures = 0
