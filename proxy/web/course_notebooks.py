"""The notebooks of a course as pages list them, with their addresses.

Promises: the folder is read in a thread and within the bounds of `courses.catalog`; a course whose
first version is to come has none.
"""

import asyncio
from collections.abc import Sequence
from typing import Final

from aiohttp import web

from proxy.core.course import Course
from proxy.core.course_links import NotebookGroup, group_notebooks
from proxy.courses.catalog import list_notebooks
from proxy.web.keys import COURSE_SHELF

MOST_SHOWN: Final = 500


async def notebooks_of(
    request: web.Request, name: str, entry: Course | None
) -> tuple[list[NotebookGroup], int]:
    """Return the groups that are shown, and how many notebooks are left out."""
    source = await request.app[COURSE_SHELF].source_of(name)
    paths: Sequence[str] = ()
    if source is not None:
        paths = (await asyncio.to_thread(list_notebooks, source)).notebooks
    return bounded(group_notebooks(name, entry.outline.tracks if entry else (), paths))


def bounded(groups: Sequence[NotebookGroup]) -> tuple[list[NotebookGroup], int]:
    """Return as many as a page can show, and the number of the rest."""
    shown, room = [], MOST_SHOWN
    for group in groups:
        if room > 0:
            shown.append(NotebookGroup(group.title, group.notebooks[:room]))
        room -= len(group.notebooks)
    return shown, max(0, -room)
