"""What every spawner must pass: the rules of `proxy.servers.spawner`, one by one."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

from proxy.servers.spawner import Alive, Gone, ServerSpec, Spawner


async def check_contract(make: Callable[[], Spawner], spec: ServerSpec) -> None:
    """`make` gives a spawner over the same ground each time, as a restarted front would have."""
    spawner = make()
    await _nothing_runs_at_first(spawner, spec)
    alive = await _a_start_begins_one(spawner, spec)
    await _a_second_start_returns_the_first(spawner, spec, alive)
    await _another_spawner_finds_it(make(), spec, alive)
    await _a_stop_leaves_nothing(spawner, spec)
    await _it_can_be_started_again_with_a_new_key(spawner, spec)


async def _nothing_runs_at_first(spawner: Spawner, spec: ServerSpec) -> None:
    assert await spawner.poll(spec.name) == Gone()
    async with asyncio.timeout(20):
        await spawner.stop(spec.name)


async def _a_start_begins_one(spawner: Spawner, spec: ServerSpec) -> Alive:
    async with asyncio.timeout(20):
        alive = await spawner.start(spec)
    assert alive.identity_key == spec.identity_key
    assert await spawner.poll(spec.name) == alive
    return alive


async def _a_second_start_returns_the_first(
    spawner: Spawner, spec: ServerSpec, alive: Alive
) -> None:
    other = replace(spec, identity_key="another-key-which-must-not-count-now")
    assert await spawner.start(other) == alive


async def _another_spawner_finds_it(spawner: Spawner, spec: ServerSpec, alive: Alive) -> None:
    assert await spawner.poll(spec.name) == alive


async def _a_stop_leaves_nothing(spawner: Spawner, spec: ServerSpec) -> None:
    async with asyncio.timeout(40):
        await spawner.stop(spec.name)
    assert await spawner.poll(spec.name) == Gone()


async def _it_can_be_started_again_with_a_new_key(spawner: Spawner, spec: ServerSpec) -> None:
    fresh = replace(spec, identity_key="a-fresh-key-for-a-fresh-start-of-it")
    alive = await spawner.start(fresh)
    assert alive.identity_key == fresh.identity_key
    await spawner.stop(spec.name)
