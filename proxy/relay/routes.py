"""Where servers answer: a cache over the servers table, valid until the feed says otherwise."""

from dataclasses import dataclass, field

from proxy.core.absence import say_absence
from proxy.core.clock import Clock
from proxy.core.identity import ServerName, User
from proxy.core.lifecycle import State
from proxy.core.tokens import IDENTITY_LIFETIME, AssertedIdentity, mint_identity
from proxy.store import facts
from proxy.store.relay_store import RelayStore

_MAX_ROUTES = 10_000
_MAX_ASSERTIONS = 1_000


@dataclass(frozen=True, slots=True)
class Assertion:
    """The value of `X-Sifu-Identity`, and until when it is said (seconds since the epoch)."""

    value: bytes
    until: float


@dataclass(frozen=True, slots=True)
class Route:
    """A server that answers: its socket, its key, and the identity headers minted with it."""

    name: ServerName
    address: str
    identity_key: str = field(repr=False)
    _minted: dict[int, Assertion] = field(default_factory=dict, repr=False)

    def assert_identity(self, user: User, now: float) -> Assertion:
        """Return what is said about a user; minted anew when half its life is over."""
        minted = self._minted.get(user.id)
        if minted is not None and minted.until > now:
            return minted
        who = AssertedIdentity(user.slug, user.name, str(self.name), now + IDENTITY_LIFETIME)
        value = mint_identity(self.identity_key, who).encode("ascii")
        if len(self._minted) >= _MAX_ASSERTIONS:
            self._minted.clear()
        self._minted[user.id] = minted = Assertion(value, now + IDENTITY_LIFETIME / 2)
        return minted


class Routes:
    """Finds routes; forgets one when told that its server changed."""

    def __init__(self, store: RelayStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._routes: dict[str, Route] = {}
        self._epoch = 0

    def cached(self, name: ServerName) -> Route | None:
        return self._routes.get(str(name))

    async def find(self, name: ServerName) -> Route | None:
        """Return the route of a server that is ready, else None; raises `StoreUnavailable`."""
        route = self._routes.get(str(name))
        if route is not None:
            return route
        epoch = self._epoch
        record = await self._store.read(facts.find_server, name)
        if record is None or record.state is not State.READY or not record.address:
            return None
        route = Route(record.name, record.address, record.identity_key)
        # A change that arrived while we read may be about this row: use it once, do not keep it.
        if epoch == self._epoch:
            if len(self._routes) >= _MAX_ROUTES:
                self._routes.clear()
            self._routes[str(name)] = route
        return route

    async def say_absence(self, name: ServerName) -> str:
        """Say why a server has no route, to somebody who may open it."""
        record = await self._store.read(facts.find_server, name)
        return say_absence(None) if record is None else say_absence(record.state, record.reason)

    def forget(self, key: str) -> Route | None:
        """Drop the route of `owner/workspace`; return it if there was one."""
        self._epoch += 1
        return self._routes.pop(key, None)
