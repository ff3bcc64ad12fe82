import asyncio
import threading

import pytest

from proxy.store.transactions import Transactions, unavailable


class Notes(Transactions[list[str]]):
    """No database, but what a transaction was run with."""

    def __init__(self) -> None:
        super().__init__(readers=1, writers=1)
        self.kept: list[str] = []
        self.ran: list[tuple[str, bool]] = []
        self.is_open = True

    def _run(self, work, *, writes):
        assert self.is_open
        self.ran.append((threading.current_thread().name.rpartition("_")[0], writes))
        return work(self.kept)

    def _disconnect(self) -> None:
        self.is_open = False


@pytest.fixture
def notes():
    opened = Notes()
    yield opened
    opened.close()


def note(kept, text, *, ending=""):
    kept.append(text + ending)
    return len(kept)


async def test_nothing_runs_in_the_event_loop(notes):
    assert await notes.write(note, "a", ending="!") == 1
    assert await notes.read(len) == 1
    assert notes.kept == ["a!"]
    assert notes.ran == [("store-write", True), ("store-read", False)]


async def test_who_asks_does_not_wait_for_who_writes(notes):
    leave = threading.Event()
    writing = asyncio.ensure_future(notes.write(lambda _: leave.wait(10)))
    async with asyncio.timeout(2):
        assert await notes.read(len) == 0
    leave.set()
    assert await writing is True


async def test_who_goes_away_does_not_stop_what_began(notes):
    inside, leave = threading.Event(), threading.Event()

    def write_slowly(kept):
        inside.set()
        leave.wait(10)
        kept.append("done")

    task = asyncio.ensure_future(notes.write(write_slowly))
    assert await asyncio.to_thread(inside.wait, 5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    leave.set()
    assert await notes.write(list) == ["done"]


async def test_what_was_asked_for_is_done_before_the_connections_go(notes):
    began = threading.Event()

    def write_slowly(kept):
        began.set()
        kept.append("done")

    writing = asyncio.ensure_future(notes.write(write_slowly))
    assert await asyncio.to_thread(began.wait, 5)
    await asyncio.to_thread(notes.close)
    await writing
    assert notes.kept == ["done"]


def test_what_the_database_says_is_not_for_the_public():
    worded = unavailable(ValueError("UNIQUE constraint failed: users.name"))
    assert "users.name" in worded.detail
    assert "users.name" not in worded.public
    assert worded.status == 503
