import pytest

from proxy.store import sessions
from tests.store.people import add_user, told


@pytest.fixture
def ada(store):
    return add_user(store)


def begin(store, user, name, *, now=1.0, expires=100.0):
    store.write_now(
        sessions.open_session,
        session_id=name,
        secret_hash=f"hash-{name}",
        user_id=user.id,
        now=now,
        expires=expires,
    )


def test_a_session_is_found_by_its_secrets_hash_with_its_person(store, ada):
    begin(store, ada, "s")
    session = store.read_now(sessions.find_by_secret, "hash-s")
    assert session is not None
    assert (session.id, session.user) == ("s", ada)
    assert (session.created, session.last_seen, session.expires) == (1.0, 1.0, 100.0)
    assert session.ended is None
    assert session == store.read_now(sessions.get, "s")
    assert store.read_now(sessions.find_by_secret, "hash-x") is None


def test_an_ended_session_stays_ended_and_is_told_once(store, ada):
    begin(store, ada, "s")
    store.write_now(sessions.end, "s", 5.0)
    store.write_now(sessions.end, "s", 6.0)
    store.write_now(sessions.end, "unknown", 6.0)
    session = store.read_now(sessions.get, "s")
    assert session is not None
    assert session.ended == 5.0
    assert told(store) == [("session", "s")]


def test_the_last_use_never_moves_back(store, ada):
    begin(store, ada, "s")
    for now in (7.0, 3.0):
        store.write_now(sessions.touch, ["s"], now)
    session = store.read_now(sessions.get, "s")
    assert session is not None
    assert session.last_seen == 7.0


def test_all_sessions_of_one_person_end_and_nobody_elses(store, ada):
    bob = add_user(store, "bob")
    begin(store, ada, "one")
    begin(store, ada, "two")
    begin(store, bob, "bobs")
    store.write_now(sessions.end_all, ada.id, 5.0)
    assert set(told(store)) == {("session", "one"), ("session", "two")}
    ended = {name: store.read_now(sessions.get, name).ended for name in ("one", "two", "bobs")}
    assert ended == {"one": 5.0, "two": 5.0, "bobs": None}


def test_the_idle_and_the_over_are_ended_and_told(store, ada):
    begin(store, ada, "idle", now=1.0)
    begin(store, ada, "over", now=50.0, expires=60.0)
    begin(store, ada, "used", now=50.0)
    assert store.write_now(sessions.end_idle, 40.0, 60.0) == 2
    assert set(told(store)) == {("session", "idle"), ("session", "over")}
    assert store.write_now(sessions.end_idle, 40.0, 60.0) == 0


def test_rows_of_long_ended_sessions_are_forgotten_and_open_ones_never(store, ada):
    begin(store, ada, "open", expires=2.0)
    begin(store, ada, "old")
    begin(store, ada, "young")
    store.write_now(sessions.end, "old", 5.0)
    store.write_now(sessions.end, "young", 50.0)
    store.write_now(sessions.forget_ended, 40.0)
    assert store.read_now(sessions.get, "old") is None
    assert store.read_now(sessions.get, "young") is not None
    assert store.read_now(sessions.get, "open") is not None
