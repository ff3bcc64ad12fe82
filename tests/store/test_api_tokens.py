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
