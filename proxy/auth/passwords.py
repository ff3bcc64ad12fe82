"""Passwords: argon2id, in threads, a few at once.

Promises: exactly one verification per attempt, whether or not the account exists or has a
password, so that the time an answer takes tells nothing; hashes with outdated parameters are
renewed at the next good sign-in; a client that hangs up does not free its place before its
thread is done. Must not: run a hash in the event loop, or log a password.
"""

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection

from proxy.core.clock import Clock
from proxy.core.errors import TooManyAttempts, UnprocessableInput
from proxy.core.identity import User
from proxy.store import users
from proxy.store.database import Store
from proxy.tasks import spawn

SHORTEST = 8
LONGEST = 1024
# Each verification takes 64 MiB and a core for some 50 ms.
AT_ONCE = 2
_PATIENCE = 10.0

_HASHER = PasswordHasher()


def password_problem(password: str) -> str | None:
    """Say why this cannot be a password, or None if it can."""
    if len(password) < SHORTEST:
        return f"A password needs {SHORTEST} characters or more."
    if len(password) > LONGEST:
        return f"A password may have {LONGEST} characters at most."
    return None


def hash_password(password: str, hasher: PasswordHasher = _HASHER) -> str:
    """Return what the store keeps; raises `UnprocessableInput`. Slow: the command line's only."""
    if problem := password_problem(password):
        raise UnprocessableInput(problem)
    return hasher.hash(password)


class Passwords:
    """Checks names and passwords against the accounts."""

    def __init__(self, store: Store, *, clock: Clock, hasher: PasswordHasher = _HASHER) -> None:
        self._store = store
        self._clock = clock
        self._hasher = hasher
        self._places = asyncio.Semaphore(AT_ONCE)
        self._dummy = ""

    async def check(self, name: str, password: str) -> User | None:
        """Return the account whose name and password these are, else None.

        Raises `TooManyAttempts` when there is no place within ten seconds.
        """
        if len(password) > LONGEST:
            return None
        user, stored = await self._store.read(_account, name)
        await self._take_place()
        # Shielded: else hanging up would free the place while the thread still works.
        checking = spawn(self._check(user, stored, password), name="auth.check_password")
        return await asyncio.shield(checking)

    async def _check(self, user: User | None, stored: str | None, password: str) -> User | None:
        try:
            if not self._dummy:
                self._dummy = await asyncio.to_thread(self._hasher.hash, "nobody's")
            is_right = await asyncio.to_thread(self._verify, stored or self._dummy, password)
            if user is None or stored is None or not is_right:
                return None
            if self._hasher.check_needs_rehash(stored):
                await self._renew(user, password)
            return user
        finally:
            self._places.release()

    async def _take_place(self) -> None:
        try:
            async with asyncio.timeout(_PATIENCE):
                await self._places.acquire()
        except TimeoutError:
            raise TooManyAttempts(
                "Very many people are signing in. Please try again in a moment.",
                retry_after=_PATIENCE,
            ) from None

    async def _renew(self, user: User, password: str) -> None:
        fresh = await asyncio.to_thread(self._hasher.hash, password)
        await self._store.write(users.set_password, user, fresh, self._clock(), keep_sessions=True)

    def _verify(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False


def _account(connection: Connection, name: str) -> tuple[User | None, str | None]:
    user = users.find(connection, name)
    return user, None if user is None else users.password_hash(connection, user.id)
