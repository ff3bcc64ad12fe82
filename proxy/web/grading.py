"""Scores given, by a notebook or by a teacher, whether a page or a script asks for it.

Promises: a score goes to the link by which the very person opened the very notebook, and nowhere
else; a teacher gives one only where they teach; what waits is bounded for each person; what a
teacher did is an event. Must not: send anything (`score_delivery` does).
"""

import asyncio
import os
from pathlib import Path
from typing import Final

from aiohttp import web
from sqlalchemy import Connection

from proxy.core.errors import Conflict, Forbidden, NotFound, TooManyAttempts, UnprocessableInput
from proxy.core.events import EventKind
from proxy.core.identity import SHARED, User
from proxy.core.policy import Workspaces
from proxy.core.score_retry import problem_of_score
from proxy.servers.places import root_of
from proxy.store import grade_links, scores, users
from proxy.store.scores import NewScore, Score
from proxy.web.access import server_of
from proxy.web.course_access import CourseView, require_teacher
from proxy.web.keys import CLOCK, EVENTS, SETTINGS, STORE

MOST_WAITING: Final = 100
_RETRY_SECONDS: Final = 60.0
_SUFFIX: Final = ".ipynb"
_NO_LINK: Final = "This notebook was not opened from a graded link of a course page."
_NO_STUDENT: Final = (
    "This student has not opened this notebook from a graded link of your course page, so the "
    "learning platform does not take a score for it."
)


async def report(request: web.Request, user: User, path: str, new: NewScore) -> int:
    """Queue what a person's own notebook says; `path` as its kernel knows it. Returns its number.

    Raises `UnprocessableInput`, `NotFound` without a graded link, or `TooManyAttempts`.
    """
    _check(new)
    below = await _below_workspace(request, user, path)
    course, _, notebook = below.partition("/")
    return await request.app[STORE].write(
        _report, user.id, course, notebook.removesuffix(_SUFFIX), new, request.app[CLOCK]()
    )


async def give(
    request: web.Request, view: CourseView, slug: str, notebook: str, new: NewScore
) -> int:
    """Queue what a teacher gives; raises `UnprocessableInput` or `NotFound`."""
    _check(new)
    notebook = notebook.removesuffix(_SUFFIX)
    number = await request.app[STORE].write(_give, view, slug, notebook, new, request.app[CLOCK]())
    request.app[EVENTS].note(
        EventKind.SCORE_GIVEN,
        user=view.user.slug,
        course=view.course,
        about={"whom": slug, "notebook": notebook},
    )
    return number


async def try_again(request: web.Request, number: int) -> Score:
    """Send a score again from now on; raises `NotFound`, `Forbidden` or `Conflict`."""
    found = await request.app[STORE].read(scores.find, number)
    if found is None:
        raise NotFound("There is no such score.")
    try:
        view = await require_teacher(request, found.link.course)
    except Forbidden as refusal:
        raise NotFound("There is no such score.") from refusal
    if not _is_theirs(view, found):
        raise NotFound("There is no such score.")
    if not await request.app[STORE].write(scores.retry, number, request.app[CLOCK]()):
        raise Conflict("This score has arrived already, or a newer one took its place.")
    again = await request.app[STORE].read(scores.find, number)
    return found if again is None else again


def _check(new: NewScore) -> None:
    if problem := problem_of_score(new.given, new.most, new.comment):
        raise UnprocessableInput(problem)


def _is_theirs(view: CourseView, score: Score) -> bool:
    place = (score.link.platform_id, score.link.context)
    return view.taught is None or place in {(p.platform_id, p.context) for p in view.taught}


def _report(
    connection: Connection, user_id: int, course: str, notebook: str, new: NewScore, now: float
) -> int:
    link = grade_links.find(connection, user_id, course, notebook)
    if link is None:
        raise NotFound(_NO_LINK)
    if scores.count_waiting(connection, user_id) >= MOST_WAITING:
        raise TooManyAttempts(
            "Too many of your scores wait for the learning platform. Try again in a minute.",
            retry_after=_RETRY_SECONDS,
        )
    return scores.add(connection, link.id, new, now)


def _give(
    connection: Connection,
    view: CourseView,
    slug: str,
    notebook: str,
    new: NewScore,
    now: float,
) -> int:
    student = users.find_by_slug(connection, slug)
    link = student and grade_links.find(connection, student.id, view.course, notebook, view.taught)
    if not link:
        raise NotFound(_NO_STUDENT)
    return scores.add(connection, link.id, new, now)


async def _below_workspace(request: web.Request, user: User, path: str) -> str:
    """Return a notebook's path below its person's workspace; raises `NotFound`."""
    root = root_of(request.app[SETTINGS], server_of(user, Workspaces.PER_USER), shared=SHARED)
    below = await asyncio.to_thread(_relative, path, root)
    if below is None:
        raise NotFound(_NO_LINK)
    return below


def _relative(path: str, root: Path) -> str | None:
    """Jupyter writes the folder as it was told, or as it really is."""
    plain = Path(os.path.normpath(path))
    if not plain.is_absolute():
        return str(plain)
    for above in (root.absolute(), root.resolve()):
        if plain.is_relative_to(above):
            return str(plain.relative_to(above))
    return None
