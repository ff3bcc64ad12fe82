"""Watchers of a start or stop."""

import asyncio

from proxy.core.lifecycle import State
from proxy.core.progress import Progress
from proxy.servers.progress_board import ProgressBoard
from tests.servers.fakes import ADA, BOB


def step(percent: int, state: State = State.STARTING) -> Progress:
    return Progress(state, f"step {percent}", percent)


async def follow(board: ProgressBoard) -> list[int]:
    return [seen.percent async for seen in board.follow(ADA)]


async def test_the_current_step_comes_at_once_then_the_others() -> None:
    board = ProgressBoard()
    board.begin(ADA, step(0))
    board.post(ADA, step(10))
    watcher = asyncio.gather(follow(board), follow(board))
    await asyncio.sleep(0)
    board.post(ADA, step(20))
    board.post(ADA, step(100, State.READY))
    async with asyncio.timeout(1):
        assert list(await watcher) == [[10, 20, 100], [10, 20, 100]]


async def test_a_finished_life_is_one_step() -> None:
    board = ProgressBoard()
    board.begin(ADA, step(0))
    board.post(ADA, step(100, State.FAILED))
    assert await follow(board) == [100]


async def test_a_new_life_is_followed_from_its_beginning() -> None:
    board = ProgressBoard()
    board.begin(ADA, step(0))
    watcher = asyncio.gather(follow(board))
    await asyncio.sleep(0)
    board.begin(ADA, step(1, State.STOPPING))
    board.post(ADA, step(100, State.STOPPED))
    async with asyncio.timeout(1):
        assert list(await watcher) == [[0, 1, 100]]


async def test_nobody_waits_for_a_server_without_steps() -> None:
    board = ProgressBoard()
    board.begin(BOB, step(0))
    async with asyncio.timeout(1):
        assert await follow(board) == []


async def test_another_servers_steps_are_not_shown() -> None:
    board = ProgressBoard()
    board.begin(ADA, step(0))
    watcher = asyncio.gather(follow(board))
    await asyncio.sleep(0)
    board.begin(BOB, step(50))
    board.post(ADA, step(100, State.READY))
    async with asyncio.timeout(1):
        assert list(await watcher) == [[0, 100]]
