import pytest

from proxy.core.errors import Conflict
from proxy.core.snapshot import MOST_BYTES, MOST_SNAPSHOTS
from proxy.store import snapshots, users
from proxy.store.snapshots import NewSnapshot


def new(name="t", size=10, expires=None):
    return NewSnapshot(name, "stats", "stats/means.ipynb", "Means", size, 5.0, expires)


@pytest.fixture
def ada(store):
    return store.write_now(users.add, "ada", is_admin=False, password_hash=None, now=1.0)


@pytest.fixture
def bob(store):
    return store.write_now(users.add, "bob", is_admin=False, password_hash=None, now=1.0)


def test_what_was_made_is_found_as_it_was(store, ada):
    made = store.write_now(snapshots.create, ada, new(expires=9.0))
    assert store.read_now(snapshots.find, made.id) == made
    assert store.read_now(snapshots.find_by_token, "t", 8.0) == made
    assert (made.owner, made.created, made.expires) == (ada, 5.0, 9.0)


def test_a_link_shows_nothing_when_it_is_over_or_nobodys(store, ada):
    made = store.write_now(snapshots.create, ada, new(expires=9.0))
    assert store.read_now(snapshots.find_by_token, "t", 9.0) is None
    assert store.read_now(snapshots.find_by_token, "x", 1.0) is None
    store.write_now(snapshots.remove_expired, 8.9)
    assert store.read_now(snapshots.find, made.id) is not None
    store.write_now(snapshots.remove_expired, 9.0)
    assert store.read_now(snapshots.find, made.id) is None


def test_one_without_an_end_does_not_end(store, ada):
    store.write_now(snapshots.create, ada, new())
    store.write_now(snapshots.remove_expired, 1e12)
    assert store.read_now(snapshots.find_by_token, "t", 1e12) is not None


def test_a_disabled_account_shows_nothing_and_a_removed_one_has_nothing(store, ada):
    store.write_now(snapshots.create, ada, new())
    store.write_now(users.disable, ada, 6.0)
    assert store.read_now(snapshots.find_by_token, "t", 6.0) is None
    store.write_now(users.enable, ada)
    assert store.read_now(snapshots.find_by_token, "t", 6.0) is not None
    store.write_now(users.remove, ada, 7.0)
    assert store.read_now(snapshots.tokens) == set()


def test_each_has_their_own_list_newest_first(store, ada, bob):
    for number in range(3):
        store.write_now(snapshots.create, ada if number < 2 else bob, new(f"t{number}"))
    assert [each.token for each in store.read_now(snapshots.list_of_user, ada.id)] == ["t1", "t0"]
    assert len(store.read_now(snapshots.list_all, 2)) == 2
    assert store.read_now(snapshots.tokens) == {"t0", "t1", "t2"}


def test_one_is_removed_once(store, ada):
    made = store.write_now(snapshots.create, ada, new())
    assert store.write_now(snapshots.remove, made.id)
    assert not store.write_now(snapshots.remove, made.id)
    assert made.id < store.write_now(snapshots.create, ada, new()).id  # numbers are not used again


def test_rows_without_a_page_go_by_their_tokens(store, ada):
    for token in ("a", "b"):
        store.write_now(snapshots.create, ada, new(token))
    store.write_now(snapshots.remove_tokens, {"a", "x"})
    assert store.read_now(snapshots.tokens) == {"b"}


def test_nobody_has_more_than_they_may(store, ada, bob):
    for number in range(MOST_SNAPSHOTS):
        store.write_now(snapshots.create, ada, new(f"t{number}"))
    with pytest.raises(Conflict, match="50 notebooks"):
        store.write_now(snapshots.create, ada, new("one more"))
    store.write_now(snapshots.create, bob, new("big", size=MOST_BYTES))
    with pytest.raises(Conflict, match="100 MiB"):
        store.write_now(snapshots.create, bob, new("bigger"))
    assert len(store.read_now(snapshots.list_of_user, bob.id)) == 1
