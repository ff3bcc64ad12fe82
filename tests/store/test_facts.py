"""What a relay is told is what everybody else is told, whichever way it asks."""

import asyncio
from dataclasses import replace

import pytest

from proxy.core.identity import ServerName, Session, User
from proxy.core.lifecycle import State
from proxy.store import api_tokens, changes, facts, servers, sessions, users
from proxy.store.records import Change, ServerRecord
from tests.store.people import add_user

ADA, BOB = ServerName("ada", "home"), ServerName("bob", "home")
FULL = ServerRecord(ADA, State.READY, "well", "/run/j.sock", "k" * 43, "http://g", 4711, 1.5, 2.5)
EMPTY = ServerRecord(BOB, State.FAILED)


def begin(store, user, name, *, ended=None):
    store.write_now(
        sessions.open_session,
        session_id=name,
        secret_hash=f"hash-{name}",
        user_id=user.id,
        now=1.25,
        expires=100.0,
    )
    if ended is not None:
        store.write_now(sessions.end, name, ended)


def make_token(store, user, name, *, expires=None, revoked=None):
    store.write_now(
        api_tokens.create,
        token_id=name,
        secret_hash=f"hash-{name}",
        user_id=user.id,
        label="a “script”",
        now=1.0,
        expires=expires,
    )
    if revoked is not None:
        store.write_now(api_tokens.revoke, name, revoked)


@pytest.fixture
def people(store):
    """Somebody with a password who is an admin, and somebody without who is not."""
    ada = add_user(store, "ada", admin=True)
    store.write_now(users.set_password, ada, "a hash", 1.0)
    return store.read_now(users.find, "ada"), add_user(store, "Bjørn")


@pytest.fixture
def filled(store, people):
    ada, bjorn = people
    begin(store, ada, "s1")
    begin(store, bjorn, "s2", ended=7.0)
    make_token(store, ada, "t1")
    make_token(store, bjorn, "t2", expires=50.0, revoked=9.0)
    store.write_now(servers.put, FULL, 3.0)
    store.write_now(servers.put, EMPTY, 4.0)
    return store


@pytest.mark.parametrize("name", ["s1", "s2", "nobody", "' OR 1=1 --", ":id"])
def test_a_session_is_the_same_to_a_relay(filled, relay_store, name):
    expected = filled.read_now(sessions.get, name)
    assert relay_store.read_now(facts.find_session, name) == expected
    assert (expected is not None) is (name in {"s1", "s2"})


@pytest.mark.parametrize("name", ["t1", "t2", "nobody"])
def test_a_token_is_the_same_to_a_relay(filled, relay_store, name):
    expected = filled.read_now(api_tokens.find_by_secret, f"hash-{name}")
    assert relay_store.read_now(facts.find_token, f"hash-{name}") == expected
    assert (expected is not None) is (name in {"t1", "t2"})


@pytest.mark.parametrize("name", [ADA, BOB, ServerName("ada", "other")])
def test_a_server_is_the_same_to_a_relay(filled, relay_store, name):
    expected = filled.read_now(servers.get, name)
    assert relay_store.read_now(facts.find_server, name) == expected
    assert expected in (FULL, EMPTY, None)


def test_truth_values_are_truth_values(filled, relay_store, people):
    # SQLite answers 0 and 1, and `is True` would never hold.
    for name, user in zip(("s1", "s2"), people, strict=True):
        session = relay_store.read_now(facts.find_session, name)
        assert session.user == user
        for value in (session.user.is_admin, session.user.has_password):
            assert value is (user.name == "ada")


def test_the_feed_is_read_in_pages_and_in_its_order(relay_store, store):
    assert relay_store.read_now(facts.newest_change) == 0
    for number in range(5):
        store.write_now(changes.publish, "user", str(number), 1.0)
    assert relay_store.read_now(facts.newest_change) == 5
    assert relay_store.read_now(facts.changes_since, 1, limit=2) == [
        Change(2, "user", "1"),
        Change(3, "user", "2"),
    ]
    assert [each.seq for each in relay_store.read_now(facts.changes_since, 3)] == [4, 5]


def test_activity_of_a_server_only_grows_and_makes_none(relay_store, store):
    store.write_now(servers.put, replace(FULL, last_activity=None), 3.0)
    for at, expected in ((20.0, 20.0), (15.0, 20.0), (21.0, 21.0)):
        relay_store.write_now(facts.touch_server, ADA, at)
        relay_store.write_now(facts.touch_server, BOB, at)
        assert store.read_now(servers.list_all) == [replace(FULL, last_activity=expected)]
    assert store.read_now(_newest) == 1  # it told nobody of that


def test_the_last_use_of_a_session_never_moves_back(relay_store, filled):
    for now, expected in ((5.0, 5.0), (4.0, 5.0)):
        relay_store.write_now(facts.touch_sessions, ["s1", "nobody"], now)
        assert _session(filled, "s1").last_seen == expected
    assert _session(filled, "s2").last_seen == 1.25
    relay_store.write_now(facts.touch_sessions, [], 9.0)


def test_a_code_is_used_once(relay_store):
    assert relay_store.write_now(facts.consume_code, "code", 10.0, 5.0) is True
    assert relay_store.write_now(facts.consume_code, "code", 10.0, 5.0) is False
    assert relay_store.write_now(facts.consume_code, "other", 10.0, 5.0) is True


async def test_of_relays_that_get_a_code_at_once_one_takes_it(relay_store):
    used = (relay_store.write(facts.consume_code, "code", 10.0, 5.0) for _ in range(10))
    assert sorted(await asyncio.gather(*used)) == [False] * 9 + [True]


def test_codes_are_kept_until_they_would_be_over_and_no_longer(relay_store, store):
    assert relay_store.write_now(facts.consume_code, "code", 10.0, 5.0) is True
    # Readers allow for clocks that differ.
    for now in (10.0, 16.0, 70.0):
        assert relay_store.write_now(facts.consume_code, "code", 10.0, now) is False
    relay_store.write_now(facts.consume_code, "later", 999.0, 131.0)
    rows = "SELECT id FROM used_codes"
    assert store.read_now(lambda c: c.exec_driver_sql(rows).scalars().all()) == ["later"]


def _newest(connection) -> int:
    return int(connection.exec_driver_sql("SELECT max(seq) FROM changes").scalar_one())


def _session(store, name) -> Session:
    found = store.read_now(sessions.get, name)
    assert isinstance(found, Session)
    assert isinstance(found.user, User)
    return found


def test_what_belongs_to_a_disabled_account_is_not_found_by_a_relay(filled, relay_store):
    filled.write_now(
        lambda c: c.exec_driver_sql("UPDATE users SET disabled = 1 WHERE name = 'ada'")
    )
    assert filled.read_now(sessions.get, "s1").user.is_disabled
    assert relay_store.read_now(facts.find_session, "s1") is None
    assert relay_store.read_now(facts.find_token, "hash-t1") is None
    assert relay_store.read_now(facts.find_session, "s2") is not None
