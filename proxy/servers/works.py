"""At most one long work per server: its start or its stop, as a task of its own.

Promises: a work goes on when the request that wished for it is gone; who wants to know is told
when one has ended, however it ended.
"""

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from proxy.core.identity import ServerName
from proxy.tasks import cancel, spawn


class Works:
    """The tasks under way, by server; `ended` is called after each."""

    def __init__(self, ended: Callable[[], None] = lambda: None) -> None:
        self._tasks: dict[ServerName, asyncio.Task[None]] = {}
        self._ended = ended

    def begin(self, name: ServerName, work: Coroutine[Any, Any, None]) -> None:
        task = spawn(work, name=f"server {name}")
        self._tasks[name] = task
        task.add_done_callback(partial(self._forget, name))

    def is_under_way(self, name: ServerName) -> bool:
        return name in self._tasks

    async def wait(self, name: ServerName) -> None:
        """Return when nothing is under way for this server; never cancels it."""
        if (task := self._tasks.get(name)) is not None:
            await asyncio.wait([task])

    async def cancel(self, name: ServerName) -> None:
        if (task := self._tasks.pop(name, None)) is not None:
            await cancel(task)

    async def cancel_all(self) -> None:
        await cancel(*self._tasks.values())

    def _forget(self, name: ServerName, task: asyncio.Task[None]) -> None:
        if self._tasks.get(name) is task:
            del self._tasks[name]
        self._ended()
