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
from proxy.core.identity import SHARED, ServerName
from proxy.core.launch_target import SUFFIX
from proxy.servers.accounts import Accounts, Isolation, isolation_of
from proxy.servers.course_catalog import FOLDER
from proxy.servers.course_refusal import refusal_of
from proxy.servers.course_source import has_folder
from proxy.servers.handing_out import hand_out
from proxy.servers.homes import prepare_home
from proxy.servers.places import root_of
from proxy.servers.private_folders import make_private_folders
from proxy.servers.side_threads import SideThreads
from proxy.settings import Settings
from proxy.store.database import Store
from proxy.tasks import spawn

# Less than the minute after which many a proxy gives up, without a sentence.
PATIENCE: Final = 45.0
_AT_ONCE: Final = 2
_STILL_COPYING: Final = (
    "The course's files are still being copied into your workspace. Try again in a minute."
)


class CourseFiles:
    """Of one installation."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self._settings = settings
        self._accounts = Accounts(store, settings.notebooks, settings.uids)
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
            return await asyncio.to_thread(has_folder, self._settings.data / FOLDER / course)
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
        source = self._settings.data / FOLDER / course
        file = f"{notebook}{SUFFIX}" if notebook else ""
        lock = self._busy.setdefault(name, asyncio.Lock())
        try:
            async with lock:
                workspace, uid = await self._workspace(name)
                await self._threads.run(partial(hand_out, source, workspace, course, file, uid))
        except OSError as problem:
            return refusal_of(problem, str(name))
        except SifuError as refusal:
            return refusal
        return None

    async def _workspace(self, name: ServerName) -> tuple[Path, int | None]:
        root = root_of(self._settings, name, shared=SHARED)
        if isolation_of(self._settings) is not Isolation.ACCOUNTS:
            await asyncio.to_thread(make_private_folders, root)
            # The folder that all share is the operator's, who may have made it a link.
            return (await asyncio.to_thread(root.resolve) if name == SHARED else root), None
        account = await self._accounts.give(name)
        await asyncio.to_thread(prepare_home, self._settings.notebooks, name.workspace, account)
        return root, account.uid
