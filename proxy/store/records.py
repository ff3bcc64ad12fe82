"""What the store's answers are made of, where `core` has no word for it.

Apart from the statements, so that a program which asks few questions needs no SQLAlchemy for them.
"""

from dataclasses import dataclass, field

from proxy.core.identity import ServerName, User
from proxy.core.lifecycle import State


@dataclass(frozen=True, slots=True)
class ServerRecord:
    """What is known of one server; `address` is the path of its unix socket, or empty.

    `started` is when its start began; of a queued one since when it waits, which is its place in
    the order. `place` is told by the manager (1 is the next), 0 for all that are not queued; it is
    in no table.
    """

    name: ServerName
    state: State = State.STOPPED
    reason: str = ""
    address: str = ""
    identity_key: str = field(default="", repr=False)
    gateway_url: str = ""
    pid: int | None = None
    started: float | None = None
    last_activity: float | None = None
    place: int = 0


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A token without its secret."""

    id: str
    user: User
    label: str
    created: float
    last_used: float | None
    expires: float | None
    revoked: float | None

    def is_valid(self, now: float) -> bool:
        return self.revoked is None and (self.expires is None or now < self.expires)


@dataclass(frozen=True, slots=True)
class Change:
    """One row of the feed."""

    seq: int
    kind: str
    key: str
