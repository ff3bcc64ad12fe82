"""Which courses there are, and where the files that people get of one lie.

Promises: a folder that is handed out is whole and stays for a while after a newer version came. A
course without a repository is the folder that whoever runs this put into `SIFU_DATA/courses`, or
one that came with the image. Must not: decide who may have it.
"""

import asyncio
from pathlib import Path

from proxy.core.course import Course
from proxy.core.portal_link import is_course
from proxy.courses.catalog import Catalog, Placed, list_courses, list_placed
from proxy.courses.image_courses import list_image_courses
from proxy.courses.places import CoursePlaces
from proxy.disk.plain_files import has_folder
from proxy.store import courses
from proxy.store.database import Store


class CourseShelf:
    """Of one installation."""

    def __init__(self, places: CoursePlaces, store: Store) -> None:
        self.places = places
        self._store = store

    async def find(self, name: str) -> Course | None:
        """Return the course of that name that has a repository; raises `StoreUnavailable`."""
        return await self._store.read(courses.find, name)

    async def source_of(self, name: str) -> Path | None:
        """Return the folder whose files people get, None if there is none (yet).

        Raises `OSError` where nobody may look, `StoreUnavailable`.
        """
        if not is_course(name):
            return None
        course = await self.find(name)
        if course is not None:
            served = self.places.source(name, course)
            return served if served is not None and await _is_there(served) else None
        placed = self.places.placed_by_hand(name)
        if await _is_there(placed):
            return placed
        came = (await asyncio.to_thread(list_image_courses, self.places.image)).get(name)
        return came if came is not None and await _is_there(came) else None

    async def placed(self) -> dict[str, Placed]:
        """Return the courses that are folders, by name."""
        return await asyncio.to_thread(list_placed, self.places)

    async def catalog(self) -> Catalog:
        """Return every course that is not archived, with its notebooks."""
        listed = await self._store.read(courses.list_all)
        return await asyncio.to_thread(list_courses, self.places, listed)


async def _is_there(folder: Path) -> bool:
    return await asyncio.to_thread(has_folder, folder)
