"""What a start or stop has done so far, for everybody who watches.

Promises: a watcher gets the current step at once and each later one, and is let go after the last;
a slow watcher holds up nobody. Bounded: the steps of one life are few, and a new life wipes them.
"""

import asyncio
from collections.abc import AsyncIterator

from proxy.core.identity import ServerName
from proxy.core.progress import Progress


class ProgressBoard:
    """Steps by server."""

    def __init__(self) -> None:
        self._steps: dict[ServerName, list[Progress]] = {}
        self._news = asyncio.Event()

    def begin(self, name: ServerName, first: Progress) -> None:
        """Wipe the steps of the life before."""
        self._steps[name] = [first]
        self._tell()

    def post(self, name: ServerName, step: Progress) -> None:
        self._steps.setdefault(name, []).append(step)
        self._tell()

    async def follow(self, name: ServerName) -> AsyncIterator[Progress]:
        """Yield the current step and those that follow, up to the last of a life."""
        steps = self._steps.get(name, [])
        position = max(len(steps) - 1, 0)
        while True:
            if self._steps.get(name) is not steps:
                steps, position = self._steps.get(name, []), 0
            while position < len(steps):
                step = steps[position]
                position += 1
                yield step
                if step.is_last:
                    return
            if not steps:
                return
            news = self._news
            if position == len(steps) and self._steps.get(name) is steps:
                await news.wait()

    def _tell(self) -> None:
        self._news.set()
        self._news = asyncio.Event()
