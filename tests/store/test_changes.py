import asyncio
from contextlib import suppress

from proxy.store import changes
from proxy.store.records import Change
from tests import feed


async def test_the_feed_keeps_the_order_of_the_writers(store, second_store):
    order: list[str] = []

    def publish(connection, key):
        changes.publish(connection, "server", key, 1.0)
        order.append(key)  # inside the exclusive transaction

    writers = [
        each.write(publish, f"{number}/{name}")
        for number in range(30)
        for name, each in (("a", store), ("b", second_store))
    ]
    await asyncio.gather(*writers)
    told = await store.read(feed.since, 0)
    assert [change.key for change in told] == order
    assert [change.seq for change in told] == list(range(1, 61))


def test_a_reader_gets_each_change_once_in_pages(store):
    for number in range(5):
        store.write_now(changes.publish, "user", str(number), 1.0)
    seen: list[Change] = []
    while page := store.read_now(feed.since, seen[-1].seq if seen else 0, limit=2):
        assert len(page) <= 2
        seen += page
    assert [change.key for change in seen] == ["0", "1", "2", "3", "4"]
    assert store.read_now(feed.latest) == seen[-1].seq


def test_a_number_never_comes_back_after_pruning(store):
    store.write_now(changes.publish, "user", "old", 1.0)
    newest = store.read_now(feed.latest)
    store.write_now(changes.prune, 2.0)
    assert store.read_now(feed.since, 0) == []
    store.write_now(changes.publish, "user", "new", 3.0)
    assert store.read_now(feed.since, newest) == [Change(newest + 1, "user", "new")]


def test_pruning_keeps_what_is_young(store):
    for at in (1.0, 2.0, 3.0):
        store.write_now(changes.publish, "user", str(at), at)
    store.write_now(changes.prune, 2.0)
    assert [change.key for change in store.read_now(feed.since, 0)] == ["2.0", "3.0"]


def test_an_empty_feed_begins_at_nothing(store):
    assert store.read_now(feed.latest) == 0
    assert store.read_now(feed.since, 0) == []


def test_what_was_not_committed_is_not_told(store):
    class Stop(Exception):
        pass

    def publish_and_fail(connection):
        changes.publish(connection, "user", "ada", 1.0)
        raise Stop

    with suppress(Stop):
        store.write_now(publish_and_fail)
    assert store.read_now(feed.since, 0) == []
