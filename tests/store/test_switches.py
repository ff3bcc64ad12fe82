"""What an administrator set is there after a restart."""

from proxy.store import switches


def test_a_value_is_kept_replaced_and_taken_back(store, second_store):
    assert store.read_now(switches.get, "notice") is None
    store.write_now(switches.put, "notice", {"message": "Updates at 18:00 “today”"}, 1.0)
    store.write_now(switches.put, "other", True, 1.0)
    assert second_store.read_now(switches.get, "notice") == {"message": "Updates at 18:00 “today”"}
    store.write_now(switches.put, "notice", {"message": "Done"}, 2.0)
    assert second_store.read_now(switches.get, "notice") == {"message": "Done"}
    store.write_now(switches.clear, "notice")
    assert second_store.read_now(switches.get, "notice") is None
    assert second_store.read_now(switches.get, "other") is True
