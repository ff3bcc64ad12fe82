import pytest
from sqlalchemy import Connection

from proxy.core.errors import StoreUnavailable
from proxy.core.identity import SHARED
from proxy.relay.activity import Activity
from proxy.store import servers, sessions, users
from proxy.store.database import Store
from proxy.store.records import ServerRecord
from proxy.store.relay_store import RelayStore
from tests.conftest import FakeClock


async def _prepare(store: Store, clock: FakeClock) -> None:
    await store.write(servers.put, ServerRecord(SHARED), clock())
    user = await store.write(users.add, "ada", is_admin=False, password_hash=None, now=clock())
    await store.write(
        sessions.open_session,
        session_id="s1",
        secret_hash="h",
        user_id=user.id,
        now=clock(),
        expires=clock() + 1000,
    )


async def test_work_keeps_server_and_session_alive(
    store: Store, relay_store: RelayStore, clock: FakeClock
) -> None:
    await _prepare(store, clock)
    activity = Activity(relay_store, clock)
    clock.advance(100)
    activity.note(SHARED, "s1")
    await activity.write()
    record = await store.read(servers.get, SHARED)
    session = await store.read(sessions.get, "s1")
    assert record is not None
    assert record.last_activity == clock()
    assert session is not None
    assert session.last_seen == clock()


async def test_notes_survive_a_store_that_cannot_be_written(
    store: Store, relay_store: RelayStore, clock: FakeClock
) -> None:
    await _prepare(store, clock)
    activity = Activity(relay_store, clock)
    activity.note(SHARED, "s1")
    await store.write(Connection.exec_driver_sql, "ALTER TABLE servers RENAME TO away")
    with pytest.raises(StoreUnavailable):
        await activity.write()
    await store.write(Connection.exec_driver_sql, "ALTER TABLE away RENAME TO servers")
    await activity.write()
    record = await store.read(servers.get, SHARED)
    assert record is not None
    assert record.last_activity == clock()
