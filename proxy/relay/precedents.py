"""What was decided for a header block, for as long as the same bytes mean the same decision.

A header block is everything after the request line of a GET without a body, to its blank line.
aiohttp parsed it, the handler allowed it, and the head for the server was written from it; a later
request with the same bytes from the same address differs in its target only. Promises: nothing
outlives its `until`, or a change in the store; bounded in number. Must not: keep what was refused.
"""

from dataclasses import dataclass, field

from proxy.core.identity import ServerName
from proxy.core.response_headers import Surroundings

_MAX_PRECEDENTS = 2048


@dataclass(frozen=True, slots=True, eq=False)
class Precedent:
    """`head` is what follows the request line on the way up, blank line included.

    `until` is when the credential or the identity in `head` ends (seconds since the epoch).
    """

    server: ServerName
    address: str
    around: Surroundings
    credential: str
    session_id: str | None
    head: bytes = field(repr=False)
    shows_person: bool
    last: bool
    until: float


class Precedents:
    """A bounded memory; the oldest goes first."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, bytes], Precedent] = {}
        self._is_open = True

    def find(self, client: str, block: bytes, now: float) -> Precedent | None:
        """Return what was decided for this block from this peer, if it still holds."""
        precedent = self._known.get((client, block))
        if precedent is None or precedent.until > now:
            return precedent
        del self._known[client, block]
        return None

    def note(self, client: str, block: bytes, precedent: Precedent) -> None:
        if not self._is_open:
            return
        if len(self._known) >= _MAX_PRECEDENTS:
            del self._known[next(iter(self._known))]
        self._known[client, block] = precedent

    def forget_all(self) -> None:
        """Something changed: everything is decided anew."""
        self._known.clear()

    def close(self) -> None:
        """From now on every request is looked at; for draining."""
        self._is_open = False
        self._known.clear()
