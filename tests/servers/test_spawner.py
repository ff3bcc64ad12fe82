"""The contract holds for the spawner that the manager's tests rest upon."""

from pathlib import Path

from proxy.servers.spawner import Alive, ServerSpec
from tests.conftest import FakeClock
from tests.servers.fakes import ADA, KEY, WellBehaved
from tests.servers.spawner_contract import check_contract


async def test_the_pretended_spawner_keeps_the_contract(clock: FakeClock) -> None:
    spawner = WellBehaved(clock)
    await check_contract(lambda: spawner, ServerSpec(ADA, Path("/nowhere"), KEY))


def test_keys_do_not_show_themselves() -> None:
    spec = ServerSpec(ADA, Path("/nowhere"), KEY, environment={"PASSWORD": "hush"})
    shown = f"{spec!r} {Alive(1, '/x', KEY)!r}"
    assert KEY not in shown
    assert "hush" not in shown
