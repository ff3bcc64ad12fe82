"""Threads for work that may take long: beside those that everything else shares.

Promises: so many at once, the others wait without a thread; nothing of it keeps the process from
ending, as the threads of an executor would (Python joins those at its exit).
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread


class SideThreads:
    """For the loop that uses it first."""

    def __init__(self, at_once: int, *, name: str) -> None:
        self._free = asyncio.Semaphore(at_once)
        self._name = name

    async def run(self, work: Callable[[], None]) -> None:
        """Do it in a thread and wait; what it raises is raised here.

        Who is cancelled meanwhile makes room for the next, though the work goes on: shield it.
        """
        async with self._free:
            done: Future[None] = Future()
            done.set_running_or_notify_cancel()
            Thread(target=_finish, args=(done, work), name=self._name, daemon=True).start()
            await asyncio.wrap_future(done)


def _finish(done: Future[None], work: Callable[[], None]) -> None:
    try:
        work()
    except BaseException as problem:
        done.set_exception(problem)
    else:
        done.set_result(None)
