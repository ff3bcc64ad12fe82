import asyncio

from proxy.store import used_codes


def test_a_code_is_used_once(store):
    assert store.write_now(used_codes.consume, "code", 10.0, 5.0) is True
    assert store.write_now(used_codes.consume, "code", 10.0, 5.0) is False
    assert store.write_now(used_codes.consume, "other", 10.0, 5.0) is True


async def test_of_two_relays_that_get_a_code_at_once_one_takes_it(store, second_store):
    results = await asyncio.gather(
        *(each.write(used_codes.consume, "code", 10.0, 5.0) for each in (store, second_store) * 5)
    )
    assert sorted(results) == [False] * 9 + [True]


def test_ids_are_kept_until_the_code_would_be_over_and_no_longer(store):
    assert store.write_now(used_codes.consume, "code", 10.0, 5.0) is True
    assert store.write_now(used_codes.consume, "code", 10.0, 10.0) is False
    rows = "SELECT count(*) FROM used_codes"
    store.write_now(used_codes.consume, "later", 99.0, 11.0)
    assert store.read_now(lambda c: c.exec_driver_sql(rows).scalar_one()) == 1
