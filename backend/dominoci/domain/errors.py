"""What can go wrong in a way that the caller should be told. One table in `api.problems` turns these into answers."""

from typing import Any, ClassVar


class DominoError(Exception):
    """A refusal with a reason. `detail` is a sentence for people; `extra` is added to the problem document as it is."""

    status: ClassVar[int] = 500
    title: ClassVar[str] = "Error"

    def __init__(self, detail: str, **extra: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.extra = extra


class BadRequest(DominoError):
    """The request could not be read."""

    status, title = 400, "Bad request"


class Unauthorized(DominoError):
    """No valid credentials came with the request."""

    status, title = 401, "Not signed in"


class Forbidden(DominoError):
    """The caller is known and may not do this."""

    status, title = 403, "Not allowed"


class NotFound(DominoError):
    """It does not exist, or the caller may not see it: the answer is the same."""

    status, title = 404, "Not found"


class Conflict(DominoError):
    """It contradicts what is recorded."""

    status, title = 409, "Conflict"


class Gone(DominoError):
    """It existed, and was used up or has expired."""

    status, title = 410, "Gone"


class TooLarge(DominoError):
    """More than the limit for this kind of input."""

    status, title = 413, "Too large"


class Invalid(DominoError):
    """Fields that are wrong; `errors` maps field names to sentences."""

    status, title = 422, "Invalid input"

    def __init__(self, detail: str, errors: dict[str, list[str]] | None = None, **extra: Any) -> None:
        super().__init__(detail, **extra)
        self.errors = errors or {}


class TooMany(DominoError):
    """The caller must slow down; `retry_after` is in seconds."""

    status, title = 429, "Too many requests"

    def __init__(self, detail: str, retry_after: int = 1) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class Unavailable(DominoError):
    """Something that we need is down; `retry_after` is in seconds."""

    status, title = 503, "Not available now"

    def __init__(self, detail: str, retry_after: int = 5) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class Full(DominoError):
    """There is no room left on the disk."""

    status, title = 507, "No room left"
