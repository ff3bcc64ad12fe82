"""The files of a course, for the person who was launched into it.

Promises: the course that lies in `SIFU_DATA/courses/<name>` is in the person's workspace before
they get there, as `handing_out` does it; one copy at a time for a workspace, and it goes on when
the request that wished for it is gone; copies hold up nothing but each other. A course that is not
there is no error: the notebooks may be in the workspace by another way.
"""

import asyncio
from functools import partial
from pathlib import Path
from typing import Final
from weakref import WeakValueDictionary

from proxy.core.errors import ServerNotRunning, SifuError
from proxy.core.identity import ServerName
from proxy.core.launch_target import SUFFIX
from proxy.courses.catalog import FOLDER
from proxy.courses.handing_out import hand_out
from proxy.courses.refusal import refusal_of
from proxy.disk.plain_files import has_folder
from proxy.disk.side_threads import SideThreads
from proxy.disk.workspace import OpenWorkspace
from proxy.tasks import spawn

# Less than the minute after which many a proxy gives up, without a sentence.
PATIENCE: Final = 45.0
_AT_ONCE: Final = 2
_STILL_COPYING: Final = (
    "The course's files are still being copied into your workspace. Try again in a minute."
)


class CourseFiles:
    """Of one installation."""

    def __init__(self, data: Path, open_workspace: OpenWorkspace) -> None:
        self._data = data
        self._open = open_workspace
        self._busy: WeakValueDictionary[ServerName, asyncio.Lock] = WeakValueDictionary()
        self._under_way: dict[tuple[ServerName, str, str], asyncio.Task[SifuError | None]] = {}
        self._threads = SideThreads(_AT_ONCE, name="course-files")

    async def hand_out(self, name: ServerName, course: str, notebook: str) -> None:
        """Put the course, or the notebook (without its suffix), where it is not yet.

        Raises `ServerNotRunning` with a sentence if it cannot be put there, or takes long.
        """
        if not course or not await self._is_here(name, course):
            return
        copying = self._copying(name, course, notebook)
        try:
            async with asyncio.timeout(PATIENCE):
                refusal = await asyncio.shield(copying)
        except TimeoutError as late:
            raise ServerNotRunning(_STILL_COPYING, detail=f"{name}: {course}") from late
        if refusal is not None:
            raise refusal

    async def _is_here(self, name: ServerName, course: str) -> bool:
        try:
            return await asyncio.to_thread(has_folder, self._data / FOLDER / course)
        except OSError as problem:
            raise refusal_of(problem, str(name)) from problem

    def _copying(
        self, name: ServerName, course: str, notebook: str
    ) -> asyncio.Task[SifuError | None]:
        """Return the task that is under way for the same, or begin one."""
        wish = (name, course, notebook)
        if (known := self._under_way.get(wish)) is not None:
            return known
        task = spawn(self._copy(name, course, notebook), name=f"course for {name}")
        self._under_way[wish] = task
        task.add_done_callback(lambda _: self._under_way.pop(wish))
        return task

    async def _copy(self, name: ServerName, course: str, notebook: str) -> SifuError | None:
        """Return a refusal as a value: a task that raises is a fault in the log."""
        source = self._data / FOLDER / course
        file = f"{notebook}{SUFFIX}" if notebook else ""
        lock = self._busy.setdefault(name, asyncio.Lock())
        try:
            async with lock:
                place = await self._open(name)
                await self._threads.run(
                    partial(hand_out, source, place.root, course, file, place.uid)
                )
        except OSError as problem:
            return refusal_of(problem, str(name))
        except SifuError as refusal:
            return refusal
        return None
