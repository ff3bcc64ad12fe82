import asyncio
from dataclasses import replace

from proxy.core.identity import ServerName
from proxy.core.lifecycle import State
from proxy.store import servers
from proxy.store.database import Store
from proxy.store.records import ServerRecord
from tests.store.people import told

ADA = ServerName("ada", "home")
RECORD = ServerRecord(
    ADA,
    State.READY,
    reason="",
    address="/run/ada.home/jupyter.sock",
    identity_key="k" * 43,
    gateway_url="http://gateway:8888",
    pid=4711,
    started=10.0,
    last_activity=11.0,
)


def test_a_record_comes_back_as_it_was_put(store):
    store.write_now(servers.put, RECORD, 12.0)
    assert store.read_now(servers.get, ADA) == RECORD
    assert store.read_now(servers.get, ServerName("ada", "other")) is None


def test_every_put_tells_the_relays(store):
    store.write_now(servers.put, RECORD, 12.0)
    store.write_now(servers.put, replace(RECORD, state=State.FAILED, reason="It died."), 13.0)
    assert told(store) == [("server", "ada/home")] * 2
    found = store.read_now(servers.get, ADA)
    assert found is not None
    assert (found.state, found.reason) == (State.FAILED, "It died.")


def test_activity_only_grows_and_tells_nobody(store):
    store.write_now(servers.put, replace(RECORD, last_activity=None), 12.0)
    for at, expected in ((20.0, 20.0), (15.0, 20.0), (21.0, 21.0)):
        store.write_now(servers.touch, ADA, at)
        found = store.read_now(servers.get, ADA)
        assert found is not None
        assert found.last_activity == expected
    store.write_now(servers.put, RECORD, 30.0)
    found = store.read_now(servers.get, ADA)
    assert found is not None
    assert found.last_activity == 21.0
    assert len(told(store)) == 2


def test_activity_of_an_unknown_server_makes_none(store):
    store.write_now(servers.touch, ADA, 20.0)
    assert store.read_now(servers.list_all) == []


async def test_two_who_put_a_new_server_at_once_make_one(store):
    await asyncio.gather(*(store.write(servers.put, RECORD, 12.0) for _ in range(10)))
    assert await store.read(servers.list_all) == [RECORD]


def test_servers_are_listed_in_the_order_of_their_names(store):
    names = [ServerName("bob", "home"), ServerName("ada", "z"), ServerName("ada", "a")]
    for name in names:
        store.write_now(servers.put, ServerRecord(name), 1.0)
    assert [record.name for record in store.read_now(servers.list_all)] == sorted(names)


def test_a_start_is_slow_by_the_time_since_it_has_a_process(store: Store) -> None:
    def put(owner: str, state: State, now: float, pid: int | None = None) -> None:
        record = ServerRecord(ServerName(owner, "home"), state, pid=pid, started=1.0)
        store.write_now(servers.put, record, now)

    assert store.read_now(servers.count_by_state, 10.0) == ({}, 0)
    put("ready", State.READY, 2.0, 1)
    put("no-process", State.STARTING, 2.0)
    put("loads", State.STARTING, 2.0, 3)
    put("just-born", State.STARTING, 2.0)
    put("just-born", State.STARTING, 10.0, 4)
    states = {State.READY: 1, State.STARTING: 3}
    assert store.read_now(servers.count_by_state, 10.0) == (states, 1)
    store.write_now(servers.touch, ServerName("loads", "home"), 20.0)
    assert store.read_now(servers.count_by_state, 10.0) == (states, 1)
