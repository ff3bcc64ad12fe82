"""Every error that may reach a person, with its HTTP status.

    SifuError 500
    ├── BadRequest 400
    ├── Unauthenticated 401
    ├── Forbidden 403
    ├── NotFound 404
    ├── MethodRefused 405
    ├── Conflict 409
    ├── PayloadTooLarge 413
    ├── UnsupportedMediaType 415
    ├── MisdirectedRequest 421
    ├── UnprocessableInput 422
    ├── TooManyAttempts 429      (carries `retry_after`, seconds)
    ├── HeadTooLong 431
    ├── UpstreamBroken 502
    ├── ServerNotRunning 503
    ├── StoreUnavailable 503
    ├── UpstreamSlow 504
    └── InvalidSettings 500      (carries every problem found)

`public` is a sentence for the person who sees the page and says what to do; `detail` is for the
log only and never leaves the process.
"""

from collections.abc import Sequence


class SifuError(Exception):
    """Root of the tree; `status` and `title` are fixed per class."""

    status = 500
    title = "Something went wrong"

    def __init__(self, public: str = "", *, detail: str = "") -> None:
        super().__init__(public or self.title)
        self.public = public or f"{self.title}."
        self.detail = detail


class BadRequest(SifuError):
    """The request cannot be understood."""

    status = 400
    title = "That request cannot be understood"


class Unauthenticated(SifuError):
    """Nobody is signed in, or the credential is not valid any more."""

    status = 401
    title = "Please sign in"


class Forbidden(SifuError):
    """Signed in, but not allowed."""

    status = 403
    title = "You may not do that"


class NotFound(SifuError):
    """There is nothing here, or nothing that this person may know of."""

    status = 404
    title = "There is nothing here"


class MethodRefused(SifuError):
    """The address exists, but not for this method."""

    status = 405
    title = "That method is not offered here"


class Conflict(SifuError):
    """The thing is not in a state in which this can be done."""

    status = 409
    title = "That cannot be done now"


class PayloadTooLarge(SifuError):
    """The body is longer than this address accepts."""

    status = 413
    title = "That is too large"


class UnsupportedMediaType(SifuError):
    """The body is of a kind that this address does not accept."""

    status = 415
    title = "That kind of content is not accepted here"


class MisdirectedRequest(SifuError):
    """The Host is not one of ours (RFC 9110, 15.5.20)."""

    status = 421
    title = "This address is not served here"


class UnprocessableInput(SifuError):
    """Well-formed, but a value is not acceptable."""

    status = 422
    title = "A value cannot be accepted"


class TooManyAttempts(SifuError):
    """Rate-limited; `retry_after` is in seconds."""

    status = 429
    title = "Too many attempts"

    def __init__(self, public: str = "", *, retry_after: float, detail: str = "") -> None:
        super().__init__(public, detail=detail)
        self.retry_after = retry_after


class HeadTooLong(SifuError):
    """The request's head is longer than the relay reads (RFC 6585, 5)."""

    status = 431
    title = "The request's headers are too long"


class UpstreamBroken(SifuError):
    """The server refused the connection or answered something that is not HTTP."""

    status = 502
    title = "The notebook server gave no proper answer"


class ServerNotRunning(SifuError):
    """No server is running where the request wanted to go."""

    status = 503
    title = "This notebook server is not running"


class StoreUnavailable(SifuError):
    """The database cannot be read or written."""

    status = 503
    title = "The database cannot be reached"


class UpstreamSlow(SifuError):
    """The server did not answer in time."""

    status = 504
    title = "The notebook server did not answer in time"


class InvalidSettings(SifuError):
    """The environment holds values that cannot be used; `problems` lists them all."""

    title = "The settings cannot be used"

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)
