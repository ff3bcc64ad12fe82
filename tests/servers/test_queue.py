"""The order of who waits, and what they are told."""

import asyncio

import pytest

from proxy.core.identity import ServerName
from proxy.core.lifecycle import State
from proxy.servers.progress_board import ProgressBoard
from proxy.servers.queue import Queue
from proxy.store.records import ServerRecord
from tests.servers.fakes import ADA, BOB

EVE = ServerName("eve", "home")


@pytest.fixture
def board() -> ProgressBoard:
    return ProgressBoard()


@pytest.fixture
def queue(board: ProgressBoard) -> Queue:
    made = Queue(board)
    for number, name in enumerate([EVE, BOB, ADA]):
        made.join(name, 10.0 + number)
    return made


async def told(board: ProgressBoard, name: ServerName) -> str:
    async for step in board.follow(name):
        assert step.state is State.QUEUED
        return step.message
    return ""


async def test_everybody_is_told_the_place_and_each_change_of_it(
    queue: Queue, board: ProgressBoard
) -> None:
    assert queue.places() == {EVE: 1, BOB: 2, ADA: 3}
    watching = board.follow(ADA)
    assert "number 3" in (await anext(watching)).message
    queue.leave(BOB)
    assert "number 2" in (await anext(watching)).message
    queue.leave(EVE)
    assert "next" in (await anext(watching)).message
    assert queue.head == ADA


def test_who_joins_again_keeps_the_place(queue: Queue) -> None:
    queue.join(EVE, 99.0)
    assert queue.head == EVE
    assert len(queue.places()) == 3


def test_leaving_twice_or_without_waiting_is_nothing(queue: Queue) -> None:
    queue.leave(BOB)
    queue.leave(BOB)
    queue.leave(ServerName("nobody", "home"))
    assert queue.places() == {EVE: 1, ADA: 2}


def test_rows_are_taken_up_in_their_order_whatever_order_they_come_in(board: ProgressBoard) -> None:
    queue = Queue(board)
    queue.join(BOB, 2.0)
    rows = [(ADA, 3.0), (EVE, 1.0), (BOB, 2.0)]
    queue.restore([ServerRecord(name, State.QUEUED, started=at) for name, at in rows])
    queue.restore([ServerRecord(ServerName("not", "waiting"), State.READY, started=0.0)])
    assert list(queue.places()) == [EVE, BOB, ADA]


def test_a_newcomers_ticket_is_behind_everybodys(queue: Queue) -> None:
    assert queue.ticket(now=5.0) > 12.0
    assert queue.ticket(now=50.0) == 50.0
    assert queue.ticket(now=50.0) > 50.0


def test_who_drew_an_earlier_ticket_is_before_who_was_quicker(queue: Queue) -> None:
    first, second = queue.ticket(now=20.0), queue.ticket(now=20.0)
    queue.join(ServerName("quick", "home"), second)
    queue.join(ServerName("slow", "home"), first)
    assert [name.owner for name in queue.places()] == ["eve", "bob", "ada", "slow", "quick"]


async def test_who_waits_for_the_end_of_the_wait_is_let_go(queue: Queue) -> None:
    waiting = asyncio.gather(queue.wait(BOB), queue.wait(BOB))
    await asyncio.sleep(0)
    assert not waiting.done()
    queue.leave(BOB)
    async with asyncio.timeout(1):
        await waiting
        await queue.wait(BOB)


async def test_a_pause_is_told_and_so_is_its_end(queue: Queue, board: ProgressBoard) -> None:
    queue.pause(True)
    assert "maintenance" in await told(board, BOB)
    assert "number 2" in await told(board, BOB)
    queue.pause(False)
    assert await told(board, BOB) == "You are number 2 in the queue."


async def test_a_long_wait_piles_up_no_steps(queue: Queue, board: ProgressBoard) -> None:
    for number in range(500):
        name = ServerName(f"p{number}", "home")
        queue.join(name, 1.0)
        queue.leave(name)
    steps = 0
    async with asyncio.timeout(1):
        async for _ in board.follow(ADA):
            steps += 1
            if steps == 1:
                queue.leave(EVE)
            if steps == 2:
                break
    assert steps == 2
