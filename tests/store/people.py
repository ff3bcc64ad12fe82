"""Hands for the store's tests: somebody to own things, and what the feed told."""

from proxy.core.identity import User
from proxy.store import users
from proxy.store.database import Store
from tests import feed


def add_user(store: Store, name: str = "ada", *, admin: bool = False) -> User:
    return store.write_now(users.add, name, is_admin=admin, password_hash=None, now=1.0)


def told(store: Store) -> list[tuple[str, str]]:
    return [(change.kind, change.key) for change in store.read_now(feed.since, 0)]
