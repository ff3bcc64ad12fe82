"""Threads beside those of everything else."""

import asyncio
import subprocess
import sys
from pathlib import Path
from threading import Event, Semaphore

import pytest

from proxy.disk.side_threads import SideThreads

_HANGING = """
import asyncio, threading
from proxy.disk.side_threads import SideThreads
async def main():
    try:
        async with asyncio.timeout(0.2):
            await SideThreads(1, name="test").run(threading.Event().wait)
    except TimeoutError:
        print("left")
asyncio.run(main())
"""


async def test_so_many_work_at_once_and_the_others_after_them() -> None:
    threads = SideThreads(2, name="test")
    began, may_end = Semaphore(0), Event()
    ended: list[None] = []

    def work() -> None:
        began.release()
        may_end.wait(10)
        ended.append(None)

    works = [asyncio.ensure_future(threads.run(work)) for _ in range(5)]
    for _ in range(2):
        assert await asyncio.to_thread(began.acquire, timeout=5)
    assert not await asyncio.to_thread(began.acquire, timeout=0.1)
    may_end.set()
    await asyncio.gather(*works)
    assert len(ended) == 5


async def test_what_fails_is_told_and_makes_room() -> None:
    threads = SideThreads(1, name="test")

    def fail() -> None:
        raise ValueError("no")

    for _ in range(3):
        with pytest.raises(ValueError, match="no"):
            await threads.run(fail)


async def test_who_left_early_hears_nothing_of_it() -> None:
    threads, may_end, has_ended = SideThreads(1, name="test"), Event(), Event()

    def work() -> None:
        may_end.wait(10)
        has_ended.set()

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await threads.run(work)
    may_end.set()
    assert await asyncio.to_thread(has_ended.wait, 5)


def test_what_hangs_keeps_no_process_from_ending() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _HANGING],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "left\n", "")
