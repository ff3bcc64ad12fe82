import pytest

from proxy.store import api_tokens
from tests.store.people import add_user, told


@pytest.fixture
def ada(store):
    return add_user(store)


def make(store, user, name="t", *, expires=None):
    store.write_now(
        api_tokens.create,
        token_id=name,
        secret_hash=f"hash-{name}",
        user_id=user.id,
        label="a script",
        now=1.0,
        expires=expires,
    )


def find(store, name="t"):
    token = store.read_now(api_tokens.find_by_secret, f"hash-{name}")
    assert token is not None
    return token


def test_a_token_is_found_by_its_hash_with_its_person(store, ada):
    make(store, ada)
    token = find(store)
    assert (token.id, token.user, token.label, token.created) == ("t", ada, "a script", 1.0)
    assert store.read_now(api_tokens.find_by_secret, "t") is None


def test_a_token_ends_at_its_hour(store, ada):
    make(store, ada, expires=10.0)
    assert find(store).is_valid(9.9)
    assert not find(store).is_valid(10.0)


def test_a_revoked_token_is_invalid_for_good_and_told_once(store, ada):
    make(store, ada)
    assert store.write_now(api_tokens.revoke, "t", 5.0) is True
    assert store.write_now(api_tokens.revoke, "t", 6.0) is False
    assert store.write_now(api_tokens.revoke, "unknown", 6.0) is False
    assert find(store).revoked == 5.0
    assert not find(store).is_valid(0.0)
    assert told(store) == [("token", "t")]


def test_a_token_whose_time_is_over_is_told_once(store, ada):
    make(store, ada, "for ever")
    make(store, ada, "short", expires=10.0)
    make(store, ada, "long", expires=20.0)
    make(store, ada, "revoked", expires=10.0)
    store.write_now(api_tokens.revoke, "revoked", 5.0)
    assert store.write_now(api_tokens.end_expired, 9.9) == 0
    assert store.write_now(api_tokens.end_expired, 10.0) == 1
    assert store.write_now(api_tokens.end_expired, 11.0) == 0
    assert told(store) == [("token", "revoked"), ("token", "short")]
    assert find(store, "short").revoked == 10.0
    assert find(store, "revoked").revoked == 5.0
    assert find(store, "long").is_valid(11.0)
    assert find(store, "for ever").is_valid(11.0)


def test_all_tokens_of_one_person_are_revoked_and_nobody_elses(store, ada):
    make(store, ada, "one")
    make(store, ada, "two")
    make(store, add_user(store, "bob"), "three")
    store.write_now(api_tokens.revoke, "two", 3.0)
    store.write_now(api_tokens.revoke_all, ada.id, 5.0)
    assert told(store) == [("token", "two"), ("token", "one")]
    assert find(store, "three").is_valid(6.0)


def test_a_use_is_noted_and_told_nobody(store, ada):
    make(store, ada)
    assert find(store).last_used is None
    store.write_now(api_tokens.touch, "t", 7.0)
    assert find(store).last_used == 7.0
    assert told(store) == []


def test_all_are_listed(store, ada):
    make(store, ada, "one")
    make(store, add_user(store, "bob"), "two")
    listed = store.read_now(api_tokens.list_all)
    assert {(token.id, token.user.name) for token in listed} == {("one", "ada"), ("two", "bob")}


def test_a_token_of_a_moment_leaves_no_row_and_the_relays_are_told(store):
    ada = add_user(store)
    store.write_now(
        api_tokens.create,
        token_id="cli-1",
        secret_hash="h",
        user_id=ada.id,
        label="",
        now=1.0,
        expires=61.0,
    )
    store.write_now(api_tokens.remove, "cli-1", 2.0)
    store.write_now(api_tokens.remove, "cli-1", 3.0)
    assert store.read_now(api_tokens.list_all) == []
    assert told(store) == [("token", "cli-1")]
