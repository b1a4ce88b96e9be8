"""How a request to another system can fail, split by the one question that a caller has: may I send it again?"""


class OutboundError(Exception):
    """The request has no answer. The text is a sentence that may be shown; it holds no secret and no query."""


class Refused(OutboundError):
    """We do not send this, now or later: the address is not allowed or the request is not HTTP. Nothing left."""


class Unreachable(OutboundError):
    """No connection came about, so nothing was sent: it is safe to try again."""


class Ambiguous(OutboundError):
    """Bytes may have left and no status came back: the other side may or may not have acted on them."""
