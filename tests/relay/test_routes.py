from proxy.core.identity import SHARED
from proxy.core.lifecycle import State
from proxy.core.tokens import IDENTITY_LIFETIME, read_identity
from proxy.relay.routes import Route, Routes
from proxy.store import servers, users
from proxy.store.database import Store
from proxy.store.records import ServerRecord
from proxy.store.relay_store import RelayStore
from tests.conftest import FakeClock

KEY = "k" * 43


async def test_only_a_ready_server_has_a_route(
    store: Store, relay_store: RelayStore, clock: FakeClock
) -> None:
    routes = Routes(relay_store, clock)
    assert await routes.find(SHARED) is None
    for state in State:
        await store.write(servers.put, ServerRecord(SHARED, state, address="/s"), clock())
        routes.forget(str(SHARED))
        assert (await routes.find(SHARED) is not None) is (state is State.READY)


async def test_what_is_not_there_is_told_with_its_reason(
    store: Store, relay_store: RelayStore, clock: FakeClock
) -> None:
    routes = Routes(relay_store, clock)
    assert "not started yet" in await routes.say_absence(SHARED)
    reason = "Nobody used it for 2 hours."
    await store.write(servers.put, ServerRecord(SHARED, State.STOPPED, reason), clock())
    assert reason in await routes.say_absence(SHARED)


async def test_a_route_is_remembered_until_the_feed_says_otherwise(
    store: Store, relay_store: RelayStore, clock: FakeClock
) -> None:
    routes = Routes(relay_store, clock)
    ready = ServerRecord(SHARED, State.READY, address="/old", identity_key=KEY)
    await store.write(servers.put, ready, clock())
    assert (await routes.find(SHARED)) is (await routes.find(SHARED))
    await store.write(servers.put, ServerRecord(SHARED, State.READY, address="/new"), clock())
    cached = routes.cached(SHARED)
    assert cached is not None
    assert cached.address == "/old"
    routes.forget(str(SHARED))
    found = await routes.find(SHARED)
    assert found is not None
    assert found.address == "/new"


async def test_an_identity_is_minted_anew_before_it_ends(store: Store, clock: FakeClock) -> None:
    user = await store.write(users.add, "ada", is_admin=False, password_hash=None, now=clock())
    route = Route(SHARED, "/s", KEY)
    first = route.assert_identity(user, clock())
    clock.advance(IDENTITY_LIFETIME / 2 - 1)
    assert route.assert_identity(user, clock()) == first
    clock.advance(2)
    second = route.assert_identity(user, clock())
    assert second != first
    assert read_identity(KEY, second.value.decode(), str(SHARED), clock()).user == "ada"
