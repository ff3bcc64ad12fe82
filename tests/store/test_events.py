"""Events are added, found, exported in pages, and deleted in pieces."""

import pytest

from proxy.core.events import Event, EventKind
from proxy.store import events
from proxy.store.events import Wanted

ADA = Event(1.0, EventKind.SIGNED_IN, "ada", about={"way": "password"})
STOPPED = Event(2.0, EventKind.SERVER_STOPPED, "ada", "ada/home", "", {"reason": "Ünused 😀"})
BOB = Event(3.0, EventKind.SIGNED_IN, "bob")


@pytest.fixture
def filled(store):
    store.write_now(events.add_all, [ADA, STOPPED, BOB])
    return store


def found(store, wanted, **options):
    return [each.event for each in store.read_now(events.find, wanted, **{"limit": 10} | options)]


def test_what_was_added_comes_back_newest_first(filled):
    assert found(filled, Wanted()) == [BOB, STOPPED, ADA]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Wanted(kind=EventKind.SIGNED_IN), [BOB, ADA]),
        (Wanted(user="ada"), [STOPPED, ADA]),
        (Wanted(server="ada/home"), [STOPPED]),
        (Wanted(since=2.0), [BOB, STOPPED]),
        (Wanted(until=2.0), [ADA]),
        (Wanted(user="ada", kind=EventKind.SIGNED_IN, since=0.0, until=9.0), [ADA]),
        (Wanted(user="' OR 1=1 --"), []),
    ],
)
def test_each_wish_narrows_them_down(filled, wanted, expected):
    assert found(filled, wanted) == expected


def test_pages_follow_each_other_without_a_gap(filled):
    first = filled.read_now(events.find, Wanted(), limit=2)
    rest = filled.read_now(events.find, Wanted(), before=first[-1].number, limit=2)
    assert [each.event for each in first + rest] == [BOB, STOPPED, ADA]
    oldest = filled.read_now(events.find_after, Wanted(), 0, limit=2)
    newer = filled.read_now(events.find_after, Wanted(), oldest[-1].number, limit=2)
    assert [each.event for each in oldest + newer] == [ADA, STOPPED, BOB]


def test_old_ones_go_a_piece_at_a_time_and_numbers_do_not_come_back(filled):
    assert filled.write_now(events.prune, 9.0, most=2) == 2
    assert found(filled, Wanted()) == [BOB]
    assert filled.write_now(events.prune, 9.0, most=2) == 1
    assert filled.write_now(events.prune, 9.0, most=2) == 0
    filled.write_now(events.add_all, [ADA])
    assert filled.read_now(events.find, Wanted(), limit=1)[0].number == 4


def test_nothing_to_add_is_no_error(store):
    store.write_now(events.add_all, [])
    assert found(store, Wanted()) == []
