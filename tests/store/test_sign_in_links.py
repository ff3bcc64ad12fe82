import asyncio

from proxy.store import sign_in_links
from tests.store.people import add_user


def test_a_link_signs_in_once(store):
    ada = add_user(store)
    store.write_now(sign_in_links.create, "hash", ada.id, 10.0)
    assert store.write_now(sign_in_links.consume, "hash", 5.0) == ada.id
    assert store.write_now(sign_in_links.consume, "hash", 5.0) is None


async def test_of_many_clicks_at_once_one_signs_in(store):
    ada = await asyncio.to_thread(add_user, store)
    await store.write(sign_in_links.create, "hash", ada.id, 10.0)
    results = await asyncio.gather(
        *(store.write(sign_in_links.consume, "hash", 5.0) for _ in range(10))
    )
    assert sorted(results, key=str) == [ada.id] + [None] * 9


def test_a_link_that_is_over_or_unknown_signs_nobody_in(store):
    ada = add_user(store)
    store.write_now(sign_in_links.create, "hash", ada.id, 10.0)
    assert store.write_now(sign_in_links.consume, "other", 5.0) is None
    assert store.write_now(sign_in_links.consume, "hash", 10.1) is None
    assert store.write_now(sign_in_links.consume, "hash", 5.0) is None


def test_links_that_are_over_do_not_pile_up(store):
    ada = add_user(store)
    for number in range(5):
        store.write_now(sign_in_links.create, f"hash-{number}", ada.id, 10.0)
    store.write_now(sign_in_links.consume, "any", 11.0)
    rows = "SELECT count(*) FROM sign_in_links"
    assert store.read_now(lambda c: c.exec_driver_sql(rows).scalar_one()) == 0
