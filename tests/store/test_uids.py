"""Numbers of the operating system, given once."""

import pytest

from proxy.core.errors import Conflict, NotFound
from proxy.store import uids, users
from proxy.store.database import Store

AMONG = range(100000, 100003)


def add(store: Store, *names: str) -> None:
    for name in names:
        store.write_now(users.add, name, is_admin=False, password_hash=None, now=1.0)


def give(store: Store, slug: str, **options: object) -> int:
    return store.write_now(uids.give, slug, among=AMONG, **options)  # type: ignore[arg-type]


def test_each_gets_one_and_keeps_it(store: Store) -> None:
    add(store, "ada", "bob")
    assert store.read_now(uids.find, "ada") is None
    assert (give(store, "ada"), give(store, "bob"), give(store, "ada")) == (100000, 100001, 100000)
    assert store.read_now(uids.find, "ada") == 100000


def test_a_number_that_files_bear_is_not_given_to_others(store: Store) -> None:
    add(store, "ada")
    assert give(store, "ada", in_use={100000, 100001}) == 100002


def test_whoever_comes_back_gets_the_number_of_their_files(store: Store) -> None:
    add(store, "ada", "bob")
    assert give(store, "ada", wanted=100002) == 100002
    assert give(store, "bob", wanted=100002) == 100000


def test_strangers_get_none_and_the_range_has_an_end(store: Store) -> None:
    add(store, "a", "b", "c", "d")
    with pytest.raises(NotFound):
        give(store, "nobody")
    assert {give(store, name) for name in "abc"} == set(AMONG)
    with pytest.raises(Conflict, match="SIFU_UID_RANGE"):
        give(store, "d")


def test_who_has_a_number_of_another_range_is_found(store: Store) -> None:
    add(store, "ada", "bob", "eve", "new")
    for name in ("ada", "bob", "eve"):
        give(store, name)
    assert store.read_now(uids.outside, AMONG) == []
    assert store.read_now(uids.outside, range(100000, 100002)) == [("eve", 100002)]
    assert store.read_now(uids.outside, range(100001, 100003)) == [("ada", 100000)]
    everybody = [("ada", 100000), ("bob", 100001), ("eve", 100002)]
    assert store.read_now(uids.outside, range(5000, 6000)) == everybody


def test_whose_a_number_is(store: Store) -> None:
    add(store, "ada")
    give(store, "ada")
    found = store.read_now(uids.find_user, 100000)
    assert found is not None
    assert found.slug == "ada"
    assert store.read_now(uids.find_user, 100001) is None
