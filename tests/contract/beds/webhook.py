"""Any system behind a webhook: it takes each delivery once, and cannot be asked for anything."""

from collections.abc import Mapping
from typing import ClassVar, Final

from dominoci.adapters.base import Adapter, Target
from dominoci.adapters.webhook import WebhookAdapter
from dominoci.domain import signing
from dominoci.outbound.exchange import Caller
from tests.contract.beds.base import Bed, Wrong
from tests.fakes.misbehaving import Misbehaving
from tests.fakes.stand import Call, Reply

SECRET: Final = signing.mint_secret()


class Receiver(Misbehaving):
    """Runs each `webhook-id` once, and says where."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: dict[str, str] = {}
        self.stopped: set[str] = set()

    def answer(self, call: Call) -> Reply:
        """`/hook` starts, `/stop` stops."""
        if call.method != "POST":
            return Reply(405)
        delivery_id = call.headers["webhook-id"].removesuffix(".cancel")
        run = self.taken.setdefault(delivery_id, f"{self.url}/runs/{len(self.taken) + 1}")
        if call.path == "/stop":
            self.stopped.add(run)
        return Reply(202, {"url": run})


class WebhookBed(Bed):
    """With a signature, and an address for cancellations."""

    name: ClassVar[str] = "webhook"
    asked: ClassVar[bool] = False

    def __init__(self) -> None:
        self.system: Receiver = Receiver()

    def adapter(self, caller: Caller) -> Adapter:
        """The adapter under test."""
        return WebhookAdapter(caller)

    @property
    def target(self) -> Target:
        """Good."""
        return self._target(f"{self.system.url}/hook", SECRET)

    def wrong(self) -> Mapping[str, Wrong]:
        """Only what can be known without setting the hook off."""
        return {
            "secret": Wrong(self._target(f"{self.system.url}/hook", "hunter-two"), "signature", "whsec_"),
            "closed address": Wrong(self._target("http://10.0.0.1/hook", SECRET), "address", "DOMINOCI_ALLOWED_HOSTS"),
        }

    def runs(self, delivery_id: str) -> list[str]:
        """At most one."""
        return [run for taken, run in self.system.taken.items() if taken == delivery_id]

    def start(self, run: str) -> None:
        """It does not say so."""

    def finish(self, run: str, result: str) -> None:
        """Nor this: only its pipeline's callback does, which is no part of this contract."""

    def is_stopped(self, run: str) -> bool:
        """By `/stop`."""
        return run in self.system.stopped

    def _target(self, url: str, secret: str) -> Target:
        return Target("webhook", {"kind": "webhook", "url": url, "cancel_url": f"{self.system.url}/stop"}, {"secret": secret})


BEDS: Final = (WebhookBed,)
