"""The manager as front opens it, from the settings."""

import asyncio
from pathlib import Path

from proxy.core.identity import SHARED
from proxy.core.queueing import Room
from proxy.servers.maintenance import Closed, write_switch
from proxy.servers.opening import guards_of, open_manager
from proxy.settings import Settings
from proxy.store.database import Store
from tests.conftest import FakeClock
from tests.servers.fakes import ADA


async def test_the_settings_set_the_bounds(clock: FakeClock, tmp_path: Path) -> None:
    settings = Settings(
        data=tmp_path,
        notebooks=tmp_path / "notebooks",
        max_servers=30,
        concurrent_starts=3,
        memory_limit=512,
        disk_quota=1,
        idle_timeout=99,
        max_age=1000,
    )
    guards = guards_of(settings, clock)
    assert guards.doors.room == Room(servers=30, starts=3)
    assert guards.memory.limit == 512
    assert guards.patience.max_age == 1000
    assert await guards.patience.idle_timeout_of(ADA) == 99
    folder = tmp_path / "notebooks" / "ada"
    (folder / "course").mkdir(parents=True)
    (folder / "course" / "large").write_bytes(b"x" * 2_000_000)
    assert "MiB" in (await guards.quota.refusal(ADA) or "")
    assert await guards.quota.refusal(SHARED) is None
    guards.quota.close()


async def test_a_course_may_have_a_timeout_of_its_own(clock: FakeClock) -> None:
    async def idle_timeout_of(name: object) -> int:
        return 5

    guards = guards_of(Settings(), clock, idle_timeout_of)
    assert await guards.patience.idle_timeout_of(ADA) == 5
    guards.quota.close()


async def test_a_closed_door_is_closed_for_the_next_front_too(
    store: Store, clock: FakeClock, tmp_path: Path
) -> None:
    await asyncio.to_thread(
        write_switch, tmp_path / "maintenance.json", Closed(1.0, "Back at noon.")
    )
    async with open_manager(Settings(data=tmp_path), store, clock) as manager:
        assert await manager.maintenance.look() == Closed(1.0, "Back at noon.")
        assert await manager.list_all() == []
