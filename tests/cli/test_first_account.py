"""The first account and the way in."""

from argon2 import PasswordHasher

from proxy.cli.first_account import LINK_SECONDS, way_in
from proxy.core.credentials import hash_secret
from proxy.settings import Secret, Settings
from proxy.store import sign_in_links, users
from proxy.store.database import Store
from tests.conftest import FakeClock

PAGE = "http://127.0.0.1:3334/sign-in"


def enter(store: Store, clock: FakeClock, **settings: object) -> str:
    return way_in(
        store,
        Settings(**settings),  # type: ignore[arg-type]
        now=clock(),
        random_text=lambda size: "c" * size,
    )


def test_the_first_start_makes_an_administrator_and_a_link(store: Store, clock: FakeClock) -> None:
    assert enter(store, clock) == f"{PAGE}?code={'c' * 32}"
    [user] = store.read_now(users.list_all)
    assert (user.name, user.is_admin, user.has_password) == ("admin", True, False)
    code = hash_secret("c" * 32)
    assert store.write_now(sign_in_links.consume, code, clock() + LINK_SECONDS) == user.id
    assert store.write_now(sign_in_links.consume, code, clock()) is None


def test_with_a_password_there_is_no_link(store: Store, clock: FakeClock) -> None:
    password = Secret("correct horse")
    assert enter(store, clock, admin="ada", admin_password=password) == PAGE
    [user] = store.read_now(users.list_all)
    stored = store.read_now(users.password_hash, user.id)
    assert stored is not None
    assert PasswordHasher().verify(stored, password)


def test_an_installation_with_people_is_left_as_it_is(store: Store, clock: FakeClock) -> None:
    for name, is_admin in (("bob", False), ("eve", True)):
        store.write_now(users.add, name, is_admin=is_admin, password_hash="x", now=clock())
    assert enter(store, clock).startswith(f"{PAGE}?code=")
    assert [user.name for user in store.read_now(users.list_all)] == ["bob", "eve"]
    eve = store.read_now(users.find, "eve")
    assert eve is not None
    assert store.write_now(sign_in_links.consume, hash_secret("c" * 32), clock()) == eve.id


def test_nobody_but_an_administrator_gets_a_link(store: Store, clock: FakeClock) -> None:
    store.write_now(users.add, "admin", is_admin=False, password_hash=None, now=clock())
    assert enter(store, clock) == PAGE


def test_a_password_given_later_is_set_once_and_never_replaced(
    store: Store, clock: FakeClock
) -> None:
    enter(store, clock)
    enter(store, clock, admin_password=Secret("first password"))
    [user] = store.read_now(users.list_all)
    stored = store.read_now(users.password_hash, user.id)
    enter(store, clock, admin_password=Secret("other password"))
    assert stored is not None
    assert store.read_now(users.password_hash, user.id) == stored
