"""Which environments there are, which of them would start a kernel, and which may go.

Promises: an environment counts only if it is whole and made for the Python that runs here now, so
that servers are never led to one of an earlier installation. The one in use, the one before it and
any that was in use within `KEPT_SECONDS` stay. Must not: build, or change what a course uses.
"""

import asyncio
import sys
from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection

from proxy.core.course_environment import course_key
from proxy.courses.environment_folders import Environment, EnvironmentFolders
from proxy.store import course_environments, courses
from proxy.store.course_environments import UsedEnvironment, before_this
from proxy.store.database import Store

# A kernel may live that long, and load something of an environment that is not in use any more.
KEPT_SECONDS: Final = 7 * 86_400.0


class EnvironmentStock:
    """Of one installation; `python` is that of notebooks."""

    def __init__(self, folders: EnvironmentFolders, store: Store, python: str) -> None:
        self._folders = folders
        self._store = store
        self.runs_on = f"{sys.implementation.cache_tag} {python}"

    async def usable(self) -> frozenset[str]:
        """Return the names of those whose kernels would start."""

        def look() -> frozenset[str]:
            whole = self._folders.list_whole()
            return frozenset(each.name for each in whole if self._fits(each))

        return await asyncio.to_thread(look)

    async def find(self, used: UsedEnvironment | None) -> Environment | None:
        """Return what is on the disk of it."""
        return None if used is None else await asyncio.to_thread(self._folders.find, used.name)

    async def find_built(self, digest: str) -> Environment | None:
        """Return one that was made from the same, for whatever course, and would start."""
        names = await self._store.read(course_environments.find_digest, digest)
        return await asyncio.to_thread(self._first_usable, names)

    async def outdated(self) -> list[str]:
        """Return the courses whose environment was built for another Python, or is gone."""
        usable = await self.usable()
        listed = await self._store.read(courses.list_all)
        return [
            each.name
            for each in listed
            if each.archived is None and each.environment and each.environment not in usable
        ]

    async def write_index(self) -> None:
        """Tell servers what is in use."""
        usable = await self.usable()
        index = {
            course_key(course): str(self._folders.interpreter(name))
            for course, name in await self._store.read(_in_use)
            if name in usable
        }
        await asyncio.to_thread(self._folders.write_index, index)

    async def sweep(self, now: float) -> None:
        """Remove what nobody has used for a while, and what is not whole; nothing is building."""
        await self._store.write(course_environments.forget_removed)
        known = await self._store.read(course_environments.list_all)
        kept = _kept(known, await self.usable(), now - KEPT_SECONDS)
        for each in known:
            if each.name not in kept:
                await self._store.write(course_environments.forget, each.course, each.name)
        await asyncio.to_thread(self._remove_others, kept, now - KEPT_SECONDS)

    def _first_usable(self, names: Sequence[str]) -> Environment | None:
        found = (self._folders.find(name) for name in names)
        return next((each for each in found if each and self._fits(each)), None)

    def _fits(self, found: Environment) -> bool:
        return found.python == self.runs_on and self._folders.interpreter(found.name).exists()

    def _remove_others(self, kept: frozenset[str], before: float) -> None:
        self._folders.clear_unfinished()
        for found in list(self._folders.list_whole()):
            if found.name not in kept and found.made < before:
                self._folders.remove(found.name)


def _in_use(connection: Connection) -> list[tuple[str, str]]:
    listed = courses.list_all(connection)
    return [(each.name, each.environment) for each in listed if each.environment]


def _kept(known: Sequence[UsedEnvironment], usable: frozenset[str], since: float) -> frozenset[str]:
    names = {each.name for each in known if each.left is None or each.left >= since}
    for course in {each.course for each in known}:
        before = before_this([each for each in known if each.course == course], usable)
        names |= {before.name} if before else set()
    return frozenset(names)
