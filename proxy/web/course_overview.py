"""The page of a course for who leads it: version, updates, notebooks with their links, settings.

    GET  /courses/{course}/live      its state, whenever it changes
    POST /courses/{course}/update    fetch what is new, in the background
    POST /courses/{course}/settings  title, who may open it, when it is updated, branch, directory
    POST /courses/{course}/archive   and /unarchive, /delete, /webhook

Promises: whoever does not lead the course changes nothing, and who leads it sees how far an update
is while it runs. Who may change what is decided in `course_changes`.
"""

import asyncio
from collections.abc import Sequence
from typing import Final

from aiohttp import web

from proxy.core.course_job import Job, JobKind
from proxy.core.course_links import course_address
from proxy.core.errors import Forbidden, UnprocessableInput
from proxy.core.repository_address import shown_address
from proxy.courses.changes import Wish
from proxy.courses.job_log import read_log_end
from proxy.web import course_changes
from proxy.web.course_access import CourseView, require_course, require_lead
from proxy.web.course_changes import hook_address
from proxy.web.course_list import read_enrolment
from proxy.web.course_notebooks import notebooks_of
from proxy.web.forms import read_form
from proxy.web.keys import COURSE_JOBS, COURSE_SHELF, LIVE, SETTINGS
from proxy.web.problems import see_other
from proxy.web.render import render_page, render_text

LOG_LINES: Final = 200
_MOST_DIGITS: Final = 9
_HOUR: Final = 3600
SCHEDULES: Final = {
    0: "by hand or by its webhook alone",
    _HOUR // 4: "every quarter of an hour",
    _HOUR: "every hour",
    24 * _HOUR: "every day",
}


async def overview_values(request: web.Request, view: CourseView) -> dict[str, object]:
    """Return what the page shows beside people and scores."""
    groups, left_out = await notebooks_of(request, view.course, view.entry)
    return {
        **await state_values(request, view),
        "groups": groups,
        "left_out": left_out,
        "origin": request.app[SETTINGS].front_origin,
        "webhook": hook_address(request, view.course),
        "webhook_secret": "",
        "schedules": SCHEDULES,
        "may_delete": view.user.is_admin,
    }


async def state_values(request: web.Request, view: CourseView) -> dict[str, object]:
    """Return what changes by itself; builds of packages have a section of their own."""
    jobs = request.app[COURSE_JOBS]
    found = await jobs.list_of(view.course)
    work = next((job for job in found if job.kind is not JobKind.BUILD), None)
    log: list[str] = []
    if work is not None:
        path = request.app[COURSE_SHELF].places.log(view.course, work.id)
        log = await asyncio.to_thread(read_log_end, path, LOG_LINES)
        log += jobs.progress(work).splitlines()
    return {
        "entry": view.entry,
        "address": shown_address(view.entry.url) if view.entry else "",
        "work": work,
        "page_version": _page_version(view, found[:1]),
        "log": log,
        "here": course_address(view.course),
    }


async def follow_state(request: web.Request) -> web.StreamResponse:
    """The state, whenever it changes."""
    await require_lead(request, request.match_info["course"])
    return await request.app[LIVE].follow(request, _render_state)


async def post_update(request: web.Request) -> web.Response:
    """Fetch what is new."""
    name = _name(request)
    await course_changes.require_repository(request, name)
    await course_changes.begin_update(request, name)
    return see_other(course_address(name))


async def post_settings(request: web.Request) -> web.Response:
    """Change what people decide about a course."""
    name = _name(request)
    await course_changes.require_repository(request, name)
    await course_changes.change(request, name, read_settings(await read_form(request)))
    return see_other(course_address(name))


async def post_archive(request: web.Request) -> web.Response:
    """Close it for everybody but who leads it; nothing is deleted."""
    await course_changes.archive(request, _name(request), archived=True)
    return see_other(course_address(_name(request)))


async def post_unarchive(request: web.Request) -> web.Response:
    """Open it again."""
    await course_changes.archive(request, _name(request), archived=False)
    return see_other(course_address(_name(request)))


async def post_delete(request: web.Request) -> web.Response:
    """Delete it here, if the form has its name; people's own copies stay."""
    name = _name(request)
    await course_changes.require_repository(request, name)
    form = await read_form(request)
    if form.get("name", "").strip() != name:
        raise UnprocessableInput(f"To delete this course, type its name: {name}.")
    await course_changes.begin_removal(request, name)
    return see_other(course_address(name))


async def post_webhook(request: web.Request) -> web.Response:
    """Make a new secret for the webhook, and show it this once."""
    address, secret = await course_changes.new_webhook(request, _name(request))
    values = {
        "course": _name(request),
        "here": course_address(_name(request)),
        "webhook": address,
        "webhook_secret": secret,
    }
    return render_page(request, "course_webhook.html", values)


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
        web.post(f"{here}/webhook", post_webhook),
    ]


def read_settings(form: dict[str, str]) -> Wish:
    """Return what the form wants, what it does not name being left; raises `UnprocessableInput`."""
    every = form.get("update_every", "")
    if every and not (every.isascii() and every.isdigit() and len(every) <= _MOST_DIGITS):
        raise UnprocessableInput("Choose from the list how often the course is updated.")
    texts = {name: form[name].strip() for name in ("title", "branch", "directory") if name in form}
    return Wish(
        title=texts.get("title"),
        branch=texts.get("branch"),
        directory=texts.get("directory"),
        enrolment=read_enrolment(form) if "enrolment" in form else None,
        update_every=int(every) if every else None,
    )


def _name(request: web.Request) -> str:
    return request.match_info["course"]


async def _render_state(request: web.Request) -> str:
    view = await require_course(request, request.match_info["course"])
    if not view.leads:
        raise Forbidden("Only a teacher whom this Sifu lists for the course may see that.")
    return render_text(request, "course_state.html", await state_values(request, view))


def _page_version(view: CourseView, latest: Sequence[Job]) -> str:
    """Return a word that is another one when more than the state has changed on the page."""
    words = [view.entry.version if view.entry else ""]
    return "-".join([*words, *(f"{job.id}{job.state.value}" for job in latest)])
