"""The page of a course for who leads it: version, updates, notebooks with their links, settings.

    GET  /courses/{course}/live      its state, whenever it changes
    POST /courses/{course}/update    fetch what is new, in the background
    POST /courses/{course}/settings  title, who may open it, when it is updated, branch, directory
    POST /courses/{course}/archive   and /unarchive, /delete

Promises: whoever does not lead the course changes nothing, and who leads it sees how far an update
is while it runs. Must not: touch a repository (`course_acts`).
"""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Final

from aiohttp import web

from proxy.core.course import Course
from proxy.core.course_links import course_address
from proxy.core.errors import Conflict, Forbidden, UnprocessableInput
from proxy.courses.places import CoursePlaces
from proxy.store import course_activity
from proxy.web.course_access import CourseView, require_course, require_lead
from proxy.web.course_acts import CourseActs
from proxy.web.course_list import HERE as ALL_COURSES
from proxy.web.course_list import read_enrolment
from proxy.web.course_notebooks import notebooks_of
from proxy.web.forms import read_form
from proxy.web.keys import COURSE_ACTS, LIVE, SETTINGS, STORE
from proxy.web.problems import see_other
from proxy.web.render import render_text

LOG_LINES: Final = 200
_LOG_BYTES: Final = 64 * 1024
_MOST_TITLE: Final = 255
_HOUR: Final = 3600
SCHEDULES: Final = {
    0: "by hand or by its webhook alone",
    _HOUR // 4: "every quarter of an hour",
    _HOUR: "every hour",
    24 * _HOUR: "every day",
}


async def overview_values(request: web.Request, view: CourseView) -> dict[str, object]:
    """Return what the page shows beside people and scores."""
    entry = view.entry
    acts = request.app.get(COURSE_ACTS)
    groups, left_out = await notebooks_of(request, view.course, entry)
    return {
        **await state_values(request, view),
        "groups": groups,
        "left_out": left_out,
        "origin": request.app[SETTINGS].front_origin,
        "may_change": entry is not None and acts is not None,
        "webhook": await acts.webhook(request, entry) if acts and entry else "",
        "schedules": SCHEDULES,
    }


async def state_values(request: web.Request, view: CourseView) -> dict[str, object]:
    """Return what changes by itself."""
    work = await request.app[STORE].read(course_activity.latest, view.course)
    settings = request.app[SETTINGS]
    log: list[str] = []
    if work is not None:
        path = CoursePlaces(settings.data, settings.notebooks).log(view.course, work.number)
        log = await asyncio.to_thread(_tail, path)
    return {
        "entry": view.entry,
        "work": work,
        "log": log,
        "may_change": view.entry is not None and COURSE_ACTS in request.app,
        "here": course_address(view.course),
    }


async def follow_state(request: web.Request) -> web.StreamResponse:
    """The state, whenever it changes."""
    await require_lead(request, request.match_info["course"])
    return await request.app[LIVE].follow(request, _render_state)


async def post_update(request: web.Request) -> web.Response:
    """Fetch what is new."""
    course, acts = await _to_change(request)
    await acts.update(request, course)
    return see_other(course_address(course.name))


async def post_settings(request: web.Request) -> web.Response:
    """Change what people decide about a course."""
    course, acts = await _to_change(request)
    form = await read_form(request)
    await acts.change(request, read_settings(course, form))
    return see_other(course_address(course.name))


async def post_archive(request: web.Request) -> web.Response:
    """Close it for everybody but who leads it; nothing is deleted."""
    course, acts = await _to_change(request)
    await acts.archive(request, course, True)
    return see_other(course_address(course.name))


async def post_unarchive(request: web.Request) -> web.Response:
    """Open it again."""
    course, acts = await _to_change(request)
    await acts.archive(request, course, False)
    return see_other(course_address(course.name))


async def post_delete(request: web.Request) -> web.Response:
    """Delete it here, if the form has its name; people's own copies stay."""
    course, acts = await _to_change(request)
    form = await read_form(request)
    if form.get("name", "").strip() != course.name:
        raise UnprocessableInput(f"To delete this course, type its name: {course.name}.")
    await acts.remove(request, course)
    return see_other(ALL_COURSES)


def routes() -> list[web.RouteDef]:
    """The routes of this module."""
    here = "/courses/{course}"
    return [
        web.get(f"{here}/live", follow_state, allow_head=False),
        web.post(f"{here}/update", post_update),
        web.post(f"{here}/settings", post_settings),
        web.post(f"{here}/archive", post_archive),
        web.post(f"{here}/unarchive", post_unarchive),
        web.post(f"{here}/delete", post_delete),
    ]


def read_settings(course: Course, form: dict[str, str]) -> Course:
    """Return the course as the form wants it; raises `UnprocessableInput`."""
    every = form.get("update_every", str(course.update_every))
    if not every.isascii() or not every.isdigit() or int(every) not in {
        *SCHEDULES, course.update_every
    }:  # fmt: skip
        raise UnprocessableInput("Choose from the list how often the course is updated.")
    return replace(
        course,
        title=form.get("title", course.title).strip()[:_MOST_TITLE],
        branch=form.get("branch", course.branch).strip()[:_MOST_TITLE],
        directory=form.get("directory", course.directory).strip()[:1024],
        enrolment=read_enrolment(form),
        update_every=int(every),
    )


async def _to_change(request: web.Request) -> tuple[Course, CourseActs]:
    view = await require_lead(request, request.match_info["course"])
    if view.entry is None:
        raise Conflict("This course has no repository: whoever runs this Sifu placed its files.")
    if COURSE_ACTS not in request.app:
        raise Forbidden("Courses cannot be changed here.")
    return view.entry, request.app[COURSE_ACTS]


async def _render_state(request: web.Request) -> str:
    view = await require_course(request, request.match_info["course"])
    if not view.leads:
        raise Forbidden("Only a teacher whom this Sifu lists for the course may see that.")
    return render_text(request, "course_state.html", await state_values(request, view))


def _tail(path: Path) -> list[str]:
    """Return the last lines of a log of ours, none if there is no such file."""
    try:
        with path.open("rb") as file:
            file.seek(0, 2)
            file.seek(max(0, file.tell() - _LOG_BYTES))
            text = file.read(_LOG_BYTES).decode("utf-8", "replace")
    except OSError:
        return []
    return text.splitlines()[-LOG_LINES:]
