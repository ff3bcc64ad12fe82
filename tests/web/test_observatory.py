"""One look for all who watch."""

import asyncio
from pathlib import Path

import pytest

from proxy.core.identity import ServerName
from proxy.core.lifecycle import State
from proxy.core.limits import Usage
from proxy.metrics import FRONT_REQUESTS
from proxy.store.database import Store
from proxy.store.records import ServerRecord
from proxy.web.observatory import FRESH_SECONDS, Observatory, count_requests
from tests.auth.people import add_user
from tests.conftest import FakeClock

ADA = ServerName("ada", "home")


class Watching:
    """Servers that a test sets, and how often they were looked at."""

    def __init__(self) -> None:
        self.records = [ServerRecord(ADA, State.READY)]
        self.usage: Usage | None = None
        self.looks = 0

    async def list_servers(self) -> list[ServerRecord]:
        self.looks += 1
        await asyncio.sleep(0.01)
        return self.records


@pytest.fixture
def watching() -> Watching:
    return Watching()


@pytest.fixture
def observatory(store: Store, clock: FakeClock, watching: Watching, tmp_path: Path) -> Observatory:
    return Observatory(
        store,
        clock,
        list_servers=watching.list_servers,
        usage_of=lambda _: watching.usage,
        folders=[tmp_path],
    )


async def test_a_hundred_watchers_look_once(observatory: Observatory, watching: Watching) -> None:
    views = await asyncio.gather(*(observatory.look() for _ in range(100)))
    assert watching.looks == 1
    assert all(view is views[0] for view in views)


async def test_what_is_old_is_looked_at_again(
    observatory: Observatory, watching: Watching, clock: FakeClock
) -> None:
    await observatory.look()
    clock.advance(FRESH_SECONDS)
    await observatory.look()
    clock.advance(-3600)  # the clock was put back
    await observatory.look()
    observatory.forget()
    await observatory.look()
    assert watching.looks == 4


async def test_owners_are_called_by_their_names_and_the_gone_by_none(
    observatory: Observatory, watching: Watching, store: Store
) -> None:
    assert (await observatory.look()).servers[0].owner == ""
    await add_user(store, "ada")
    observatory.forget()
    assert (await observatory.look()).servers[0].owner == "ada"


async def test_use_is_known_of_what_runs_alone(
    observatory: Observatory, watching: Watching, clock: FakeClock
) -> None:
    watching.usage = Usage(100, 1.0, 2, clock())
    await observatory.look()
    clock.advance(10)
    watching.usage = Usage(200, 6.0, 2, clock())
    view = await observatory.look()
    assert (view.servers[0].used.memory, view.servers[0].used.cpu) == (200, 50.0)
    assert view.memory == 200
    clock.advance(10)
    watching.records = [ServerRecord(ADA, State.STOPPED)]
    view = await observatory.look()
    assert (view.servers[0].used.memory, view.memory) == (None, 0)
    assert view.find(ADA) is view.servers[0]
    assert view.find(ServerName("bob", "home")) is None


async def test_samples_become_history_with_the_rate_of_requests(
    observatory: Observatory, clock: FakeClock
) -> None:
    await observatory.sample()
    FRONT_REQUESTS.labels("2xx").inc(50)
    clock.advance(10)
    await observatory.sample()
    first, second = observatory.history.since(0.0)
    assert (first.requests, second.requests) == (0.0, 5.0)
    assert second.running == 1


def test_requests_of_all_programs_are_counted_together() -> None:
    before = count_requests()
    FRONT_REQUESTS.labels("5xx").inc(3)
    assert count_requests() - before == 3
