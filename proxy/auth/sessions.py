"""Signed-in browsers: open, recognise, end.

Promises: the cookie holds 256 random bits and nothing else; every sign-in gets new ones, so a
cookie planted before is worth nothing after; a session is over after `IDLE` seconds without use or
`LIFETIME` seconds in all, judged here and not by the browser; a disabled account has none; an end
is told to the relays in the same transaction; one that helps somebody (`Identity.helping`) lasts
`HELP_LIFETIME` at most, and when it is over its cookie says that it did. Must not: believe a cookie
that comes twice (`core.cookies`).
"""

from dataclasses import dataclass, field

from sqlalchemy import Connection

from proxy.auth.authenticator import Presented
from proxy.core.clock import Clock
from proxy.core.cookies import CookieStyle, format_cookie, is_doubled, read_cookie
from proxy.core.credentials import SECRET_BYTES, RandomText, hash_secret
from proxy.core.errors import Unauthenticated
from proxy.core.identity import Identity, ServerName, Session, User
from proxy.core.planted_cookies import clearing_cookies
from proxy.store import sessions
from proxy.store.database import Store

IDLE = 12 * 3600.0
LIFETIME = 7 * 24 * 3600.0
# How long somebody may help without asking for it again.
HELP_LIFETIME = 2 * 3600.0
# How exact `last_seen` is: a page with ten requests writes once.
TOUCH_EACH = 60.0
_MAX_SECRET = 256
_ID_BYTES = 12


@dataclass(frozen=True, slots=True)
class OpenedSession:
    """A new session, and the secret that goes into the cookie and nowhere else."""

    id: str
    secret: str = field(repr=False)
    expires: float


class HelpOver(Unauthenticated):
    """The session helped somebody, and has ended: what it opened may still be in the browser."""

    def __init__(self, course: str) -> None:
        super().__init__("You do not help there any more. Please sign in again.")
        self.course = course


class Sessions:
    """The front's own credential; `verify` is a verifier of the `Authenticator`."""

    def __init__(
        self, store: Store, style: CookieStyle, *, clock: Clock, random: RandomText
    ) -> None:
        self._store = store
        self._style = style
        self._clock = clock
        self._random = random

    async def verify(self, presented: Presented) -> Identity | None:
        """Recognise the cookie; raises `Unauthenticated` if it is there and not good any more."""
        secret = read_cookie(presented.cookies, self._style.session_name)
        if secret is None:
            return None
        session = await self._find(secret)
        if session is None or self._is_over(session):
            if session is not None and session.helping is not None:
                raise HelpOver(session.course)
            raise Unauthenticated("You are not signed in any more. Please sign in again.")
        if self._clock() - session.last_seen >= TOUCH_EACH:
            await self._store.write(sessions.touch, [session.id], self._clock())
        return Identity(session.user, session_id=session.id, helping=session.helping)

    async def open(self, user: User) -> OpenedSession:
        """Begin a session with a secret that nobody has seen before."""
        now = self._clock()
        opened = self._make(now + LIFETIME)
        await self._store.write(_open, opened, user, now)
        return opened

    async def exchange(
        self, former: str, user: User, helping: ServerName | None = None, course: str = ""
    ) -> OpenedSession:
        """End a session and begin another of the same user, to help at that server or to go on.

        In one transaction: the browser has the one or the other, whatever is killed meanwhile.
        """
        now = self._clock()
        opened = self._make(now + (LIFETIME if helping is None else HELP_LIFETIME))
        await self._store.write(_exchange, former, opened, user, now, helping, course)
        return opened

    async def end(self, session_id: str) -> None:
        """End it and tell the relays; twice is no error."""
        await self._store.write(sessions.end, session_id, self._clock())

    async def expiry(self, session_id: str) -> float:
        """When it will be over at the latest, in seconds since the epoch."""
        session = await self._store.read(sessions.get, session_id)
        if session is None:
            raise Unauthenticated("You are not signed in any more. Please sign in again.")
        return session.expires

    def cookie(self, opened: OpenedSession, *, framed: bool = False) -> str:
        """Return the `Set-Cookie` value that gives a browser this session.

        `framed`: it is shown inside a page of another site (`core.cookies.format_cookie`).
        """
        return self._cookie(opened.secret, int(LIFETIME), framed)

    def clearing_cookie(self, *, framed: bool = False) -> str:
        """Return the `Set-Cookie` value that takes our cookie away."""
        return self._cookie("", 0, framed)

    def is_doubled(self, presented: Presented) -> bool:
        """Is our cookie there more than once, so that one of them was planted?"""
        return is_doubled(presented.cookies, self._style.session_name)

    def clearing_planted(self, raw_path: str, host: str) -> list[str]:
        """Return the `Set-Cookie` values that take planted ones away, as far as they are found."""
        return clearing_cookies(self._style, raw_path, host)

    def _make(self, expires: float) -> OpenedSession:
        return OpenedSession(self._random(_ID_BYTES), self._random(SECRET_BYTES), expires)

    async def _find(self, secret: str) -> Session | None:
        if len(secret) > _MAX_SECRET:
            return None
        return await self._store.read(sessions.find_by_secret, hash_secret(secret))

    def _is_over(self, session: Session) -> bool:
        now = self._clock()
        is_late = now >= session.expires or now - session.last_seen >= IDLE
        return is_late or session.ended is not None or session.user.is_disabled

    def _cookie(self, value: str, max_age: int, framed: bool) -> str:
        return format_cookie(
            self._style.session_name,
            value,
            path="/",
            secure=self._style.secure,
            max_age=max_age,
            framed=framed,
        )


def _open(
    connection: Connection,
    opened: OpenedSession,
    user: User,
    now: float,
    helping: ServerName | None = None,
    course: str = "",
) -> None:
    sessions.open_session(
        connection,
        session_id=opened.id,
        secret_hash=hash_secret(opened.secret),
        user_id=user.id,
        now=now,
        expires=opened.expires,
        helping="" if helping is None else str(helping),
        course=course,
    )


def _exchange(
    connection: Connection,
    former: str,
    opened: OpenedSession,
    user: User,
    now: float,
    helping: ServerName | None,
    course: str,
) -> None:
    sessions.end(connection, former, now)
    _open(connection, opened, user, now, helping, course)
