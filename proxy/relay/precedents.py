"""What was decided for a header block, for as long as the same bytes mean the same decision.

A header block is everything after the request line of a GET without a body, to its blank line.
aiohttp parsed it, the handler allowed it, and the head for the server was written from it; a later
request with the same bytes from the same address differs in its target only. Of a websocket's
handshake the key is taken out of both, for it is another each time. Promises: nothing outlives its
`until`, or a change in the store; bounded in number. Must not: keep what was refused.
"""

from dataclasses import dataclass, field, replace

from proxy.core.first_look import split_websocket_key
from proxy.core.identity import ServerName
from proxy.core.response_headers import Surroundings
from proxy.core.websocket_handshake import Offer

_MAX_PRECEDENTS = 2048


@dataclass(frozen=True, slots=True, eq=False)
class Precedent:
    """`head` is what follows the request line on the way up, blank line included.

    `until` is when the credential or the identity in `head` ends (seconds since the epoch); `offer`
    is that of the handshake that was allowed.
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
    offer: Offer | None = None

    def head_with(self, key: bytes) -> bytes:
        """Return `head` with the key of another handshake."""
        return self.head if self.offer is None else self.head.replace(self.offer.key, key)

    def offer_with(self, key: bytes) -> Offer | None:
        return None if self.offer is None else replace(self.offer, key=key)


class Precedents:
    """A bounded memory; the oldest goes first."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, bytes], Precedent] = {}
        self._is_open = True

    def find(self, client: str, block: bytes, now: float) -> tuple[Precedent, bytes] | None:
        """Return what was decided for this block from this peer, if it still holds, and its key."""
        rest, key = split_websocket_key(block)
        precedent = self._known.get((client, rest))
        if precedent is None:
            return None
        if precedent.until <= now:
            del self._known[client, rest]
            return None
        # A handshake whose key is empty in earnest looks like one whose key was taken out.
        return (precedent, key) if bool(key) == (precedent.offer is not None) else None

    def note(self, client: str, block: bytes, precedent: Precedent) -> None:
        rest, key = split_websocket_key(block)
        offered = b"" if precedent.offer is None else precedent.offer.key
        if not self._is_open or key != offered or (key and precedent.head.count(key) != 1):
            return
        if len(self._known) >= _MAX_PRECEDENTS:
            del self._known[next(iter(self._known))]
        self._known[client, rest] = precedent

    def forget_all(self) -> None:
        """Something changed: everything is decided anew."""
        self._known.clear()

    def close(self) -> None:
        """From now on every request is looked at; for draining."""
        self._is_open = False
        self._known.clear()
