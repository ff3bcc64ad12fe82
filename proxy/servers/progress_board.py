"""What a start or stop has done so far, for everybody who watches.

Promises: a watcher gets the current step at once and each later one, and is let go after the last;
a slow watcher holds up nobody, and a step wakes those only who watch this server. Bounded: the
steps of one life are few, and a new life wipes them.
"""

import asyncio
from collections.abc import AsyncIterator

from proxy.core.identity import ServerName
from proxy.core.progress import Progress


class ProgressBoard:
    """Steps by server."""

    def __init__(self) -> None:
        self._steps: dict[ServerName, list[Progress]] = {}
        self._news: dict[ServerName, asyncio.Event] = {}

    def begin(self, name: ServerName, first: Progress) -> None:
        """Wipe the steps before; a watcher who has not seen them does not see them any more."""
        self._steps[name] = [first]
        self._tell(name)

    def post(self, name: ServerName, step: Progress) -> None:
        self._steps.setdefault(name, []).append(step)
        self._tell(name)

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
            if position == len(steps) and self._steps.get(name) is steps:
                await self._news.setdefault(name, asyncio.Event()).wait()

    def _tell(self, name: ServerName) -> None:
        if (news := self._news.pop(name, None)) is not None:
            news.set()
