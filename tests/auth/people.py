"""What tests of sign-ins need: cheap hashes, accounts, and secrets that can be told apart."""

from argon2 import PasswordHasher

from proxy.auth.passwords import hash_password
from proxy.core.identity import User
from proxy.store import users
from proxy.store.database import Store

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PASSWORD = "correct horse"


class CountedRandom:
    """Gives texts of the right shape that never repeat."""

    def __init__(self) -> None:
        self.given: list[str] = []

    def __call__(self, size: int) -> str:
        self.given.append(f"{len(self.given):04d}".ljust(size, "x"))
        return self.given[-1]


async def add_user(
    store: Store, name: str, *, is_admin: bool = False, password: str | None = PASSWORD
) -> User:
    """Create an account."""
    hashed = hash_password(password, CHEAP) if password else None
    return await store.write(users.add, name, is_admin=is_admin, password_hash=hashed, now=0.0)
