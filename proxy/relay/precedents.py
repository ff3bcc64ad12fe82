"""What was decided for a header block, for as long as the same bytes mean the same decision.

A header block is everything after the request line of a GET without a body, to its blank line.
aiohttp parsed it, the handler allowed it, and the head for the server was written from it; a later
request with the same bytes from the same address differs in its target only. Of a websocket's
handshake the key is taken out of both, and of any request what it asks of a copy's freshness, for
these are others each time. Promises: nothing outlives its
`until`, or a change in the store; bounded in number. Must not: keep what was refused.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from proxy.core.first_look import MAX_REPEATED, split_conditions, split_websocket_key
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


class Match(NamedTuple):
    """A precedent, and what this request has instead of its key and conditions.

    Conditions are lines that begin with their line break. Where they stand among the other fields
    means nothing (RFC 9110 5.3).
    """

    precedent: Precedent
    key: bytes
    conditions: bytes

    @property
    def head(self) -> bytes:
        """What follows this request's first line on the way up."""
        known = self.precedent
        if known.offer is not None:
            return known.head.replace(known.offer.key, self.key)
        return self.conditions + known.head if self.conditions else known.head

    @property
    def offer(self) -> Offer | None:
        known = self.precedent.offer
        return None if known is None else replace(known, key=self.key)


class Precedents:
    """A bounded memory; the oldest goes first."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, bytes], Precedent] = {}
        self._is_open = True

    def find(self, client: str, block: bytes, now: float) -> Match | None:
        """Return what was decided for this block from this peer, if it still holds."""
        exact = self._known.get((client, block))
        if exact is not None and exact.offer is None and exact.until > now:
            return Match(exact, b"", b"")
        if len(block) > MAX_REPEATED:
            return None
        rest, key = split_websocket_key(block)
        rest, conditions = split_conditions(rest)
        precedent = self._known.get((client, rest))
        if precedent is None:
            return None
        if precedent.until <= now:
            del self._known[client, rest]
            return None
        # A handshake whose key is empty in earnest looks like one whose key was taken out.
        if bool(key) != (precedent.offer is not None) or (key and conditions):
            return None
        return Match(precedent, key, b"".join(conditions))

    def note(self, client: str, block: bytes, precedent: Precedent) -> None:
        """Remember it as it is, and without what differs from request to request."""
        rest, key = split_websocket_key(block)
        rest, conditions = split_conditions(rest)
        offered = b"" if precedent.offer is None else precedent.offer.key
        if not self._is_open or key != offered or (key and precedent.head.count(key) != 1):
            return
        head = _without(precedent.head, conditions)
        if head is None:
            return
        if conditions:
            self._remember(client, block, precedent)
            precedent = replace(precedent, head=head)
        self._remember(client, rest, precedent)

    def _remember(self, client: str, block: bytes, precedent: Precedent) -> None:
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


def _without(head: bytes, lines: Iterable[bytes]) -> bytes | None:
    """Return the head without these lines; None if one of them is not there, or there twice."""
    for line in lines:
        whole = line + b"\r\n"
        if head.count(whole) != 1:
            return None
        head = head.replace(whole, b"\r\n")
    return head
