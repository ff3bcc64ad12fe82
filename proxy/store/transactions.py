"""The two ways into a store, `read` and `write`, whatever runs the statements.

Promises: a transaction runs in a thread, never in the event loop; what asks and what writes have
threads of their own, so that nobody who asks waits for a lock; every failure of the database
surfaces as `StoreUnavailable`, made here.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Concatenate, Generic, ParamSpec, TypeVar

from proxy.core.errors import StoreUnavailable

BUSY_SECONDS = 5
SQLITE_PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON")
C = TypeVar("C")
P = ParamSpec("P")
R = TypeVar("R")


class Transactions(ABC, Generic[C]):
    """Owns the threads. `C` is what a question is handed to ask with."""

    def __init__(self, *, readers: int, writers: int) -> None:
        self._readers = ThreadPoolExecutor(readers, thread_name_prefix="store-read")
        self._writers = ThreadPoolExecutor(writers, thread_name_prefix="store-write")

    @abstractmethod
    def _run(self, work: Callable[[C], R], *, writes: bool) -> R:
        """Run `work` in this thread, as one transaction; raises `StoreUnavailable`."""

    @abstractmethod
    def _disconnect(self) -> None:
        """Give back every connection; called when no thread uses one any more."""

    def read_now(self, ask: Callable[Concatenate[C, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run one question in this thread (the command line; never inside an event loop)."""
        return self._run(lambda using: ask(using, *args, **kwargs), writes=False)

    def write_now(
        self, change: Callable[Concatenate[C, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Run one change in this thread, as one transaction."""
        return self._run(lambda using: change(using, *args, **kwargs), writes=True)

    async def read(
        self, ask: Callable[Concatenate[C, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Ask in a thread; raises `StoreUnavailable`."""
        return await _in_thread(self._readers, lambda: self.read_now(ask, *args, **kwargs))

    async def write(
        self, change: Callable[Concatenate[C, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Change in a thread, as one transaction; raises `StoreUnavailable`."""
        return await _in_thread(self._writers, lambda: self.write_now(change, *args, **kwargs))

    def close(self) -> None:
        self._readers.shutdown(wait=True)
        self._writers.shutdown(wait=True)
        self._disconnect()


def unavailable(problem: Exception) -> StoreUnavailable:
    """Word a failure of the database; what it said goes to the log alone."""
    return StoreUnavailable(
        "The database cannot be used now. Try again in a moment; if it stays so, "
        "the operator finds the reason with `sifu doctor`.",
        detail=str(problem),
    )


async def _in_thread(threads: ThreadPoolExecutor, work: Callable[[], R]) -> R:
    # Shielded: a client that goes away may not cut a transaction in half of its caller's view.
    return await asyncio.shield(asyncio.get_running_loop().run_in_executor(threads, work))
