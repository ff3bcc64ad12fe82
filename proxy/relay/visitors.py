"""Credentials → visitors: who asks, verified once and remembered until it ends.

A visitor comes by a pass (the cookie) or by an API token. The first time, signature and store are
asked; afterwards a dictionary answers, until the credential expires or the feed ends it. Deny by
default: an unreadable store refuses whoever is not known yet.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from proxy.core.clock import Clock
from proxy.core.cookies import CookieStyle, read_cookie_bytes
from proxy.core.credentials import bearer_of, hash_secret
from proxy.core.identity import Identity, ServerName
from proxy.core.request_headers import RawHeaders
from proxy.core.tokens import InvalidToken, read_pass
from proxy.store import facts
from proxy.store.relay_store import RelayStore

_MAX_VISITORS = 20_000
_MAX_ENDED = 10_000
_FOREVER = float("inf")


@dataclass(frozen=True, slots=True)
class Visitor:
    """`credential` is what the feed names: `session ID` or `token ID`."""

    identity: Identity
    credential: str
    server: ServerName | None  # a pass is for one server; a token for all its user's
    expires: float

    @property
    def by_token(self) -> bool:
        return self.server is None

    @property
    def helps(self) -> bool:
        """Is it somebody else's server, which is opened to help?"""
        return self.identity.helping is not None


class Visitors:
    """Verifies and remembers."""

    def __init__(
        self, store: RelayStore, clock: Clock, secrets: Sequence[str], style: CookieStyle
    ) -> None:
        self._store = store
        self._clock = clock
        self._secrets = secrets
        self._pass_name = style.pass_name
        self._known: dict[tuple[bool, str], Visitor] = {}
        self._ended: dict[str, None] = {}
        self._epoch = 0

    async def find(self, headers: RawHeaders) -> Visitor | None:
        """Return who asks, or None: nobody, or a credential that does not hold."""
        secret, by_token = self._credential(headers)
        if secret is None:
            return None
        # The way it came is part of the key: a token planted as a cookie is not a pass.
        key = (by_token, secret)
        visitor = self._known.get(key)
        if visitor is None:
            epoch = self._epoch
            visitor = await (self._ask_token(secret) if by_token else self._ask_pass(secret))
            if visitor is not None and epoch == self._epoch:
                self._remember(key, visitor)
        if visitor is None or visitor.expires <= self._clock():
            self._known.pop(key, None)
            return None
        return visitor

    def forget(self, credential: str) -> None:
        """The feed ended `session ID` or `token ID`."""
        if len(self._ended) >= _MAX_ENDED:
            self._ended.pop(next(iter(self._ended)))
        self._ended[credential] = None
        self._forget(lambda visitor: visitor.credential == credential)

    def has_ended(self, credential: str) -> bool:
        """Did it end while a request of it was under way? Asked once more before it is served."""
        return credential in self._ended

    def forget_user(self, slug: str) -> list[str]:
        """The feed removed a user; return the credentials that ended with it."""
        ended = {
            visitor.credential
            for visitor in self._known.values()
            if visitor.identity.user.slug == slug
        }
        self._forget(lambda visitor: visitor.identity.user.slug == slug)
        return sorted(ended)

    def _credential(self, headers: RawHeaders) -> tuple[str | None, bool]:
        cookies: list[bytes] = []
        for name, value in headers:
            size = len(name)
            if size == 6 and name.lower() == b"cookie":
                cookies.append(value)
            elif size == 13 and name.lower() == b"authorization":
                token = bearer_of(value.decode("latin-1"))
                if token is not None:
                    return token, True
        if not cookies:
            return None, False
        return read_cookie_bytes(tuple(cookies), self._pass_name), False

    async def _ask_pass(self, token: str) -> Visitor | None:
        now = self._clock()
        try:
            grant = read_pass(self._secrets, token, now)
        except InvalidToken:
            return None
        session = await self._store.read(facts.find_session, grant.session)
        if session is None or session.ended is not None or session.user.slug != grant.user:
            return None
        # A session that helps has passes for that server alone, each of which says so.
        if session.helping != (grant.server if grant.helper else None):
            return None
        expires = min(grant.expires, session.expires)
        identity = Identity(session.user, session_id=session.id, helping=session.helping)
        return Visitor(identity, f"session {session.id}", grant.server, expires)

    async def _ask_token(self, secret: str) -> Visitor | None:
        token = await self._store.read(facts.find_token, hash_secret(secret))
        if token is None or not token.is_valid(self._clock()):
            return None
        identity = Identity(token.user, token_id=token.id)
        return Visitor(identity, f"token {token.id}", None, token.expires or _FOREVER)

    def _remember(self, key: tuple[bool, str], visitor: Visitor) -> None:
        if len(self._known) >= _MAX_VISITORS:
            self._known.pop(next(iter(self._known)))
        self._known[key] = visitor

    def _forget(self, ends: Callable[[Visitor], bool]) -> None:
        self._epoch += 1
        for key in [key for key, visitor in self._known.items() if ends(visitor)]:
            del self._known[key]
