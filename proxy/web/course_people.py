"""`/courses/{course}/people`: who is in a course, how far they are, and what can be done for them.

Promises: a teacher sees their own people alone; thousands of people are shown a page at a time.
Who is listed is changed in `course_membership`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from aiohttp import web
from sqlalchemy import Connection

from proxy.core.course_links import course_address, course_tabs
from proxy.core.errors import NotFound, SifuError, UnprocessableInput
from proxy.core.lti_roles import CourseRole
from proxy.core.policy import Workspaces
from proxy.store import course_progress
from proxy.store.course_progress import Participant
from proxy.web import course_membership
from proxy.web.access import server_of
from proxy.web.course_access import CourseView, require_lead, require_teacher
from proxy.web.course_page import title_of
from proxy.web.forms import read_form
from proxy.web.keys import OBSERVATORY, SETTINGS, STORE
from proxy.web.problems import see_other
from proxy.web.render import render_page

PAGE: Final = 100
SORTS: Final = {"name": "Name", "seen": "Last seen", "opened": "Notebooks opened"}
_NEVER: Final = 0.0
_MOST_NAME: Final = 128


@dataclass(frozen=True, slots=True)
class Row:
    """Somebody, and the state of their server."""

    person: Participant
    state: str
    may_be_helped: bool

    @property
    def is_student(self) -> bool:
        return self.person.role is CourseRole.STUDENT

    @property
    def has_come(self) -> bool:
        """Is there anything of theirs that could be looked at?"""
        return self.is_student and self.person.seen is not None


@dataclass(frozen=True, slots=True)
class Choice:
    """What of the list is asked for."""

    name: str
    sort: str
    first: int

    def address(self, here: str, **changes: object) -> str:
        """Return the address of the same list, but for this."""
        asked = {"name": self.name, "sort": self.sort, "from": self.first} | changes
        kept = {key: value for key, value in asked.items() if value not in {"", 0, "name"}}
        return f"{here}/people" + (f"?{urlencode(kept)}" if kept else "")


async def show_people(request: web.Request) -> web.Response:
    """Everybody, or those in whose name `?name=` is, a page at a time."""
    return await _page(request, await require_teacher(request, request.match_info["course"]))


async def post_person(request: web.Request) -> web.Response:
    """List somebody."""
    view = await require_lead(request, request.match_info["course"])
    form = await read_form(request)
    name = form.get("name", "").strip()[:_MOST_NAME]
    try:
        await course_membership.set_person(request, view, name, _role(form))
    except (NotFound, UnprocessableInput) as problem:
        return await _page(request, view, told=problem, draft=name)
    return see_other(f"{course_address(view.course)}/people")


async def post_leave(request: web.Request) -> web.Response:
    """Take somebody off the list."""
    view = await require_lead(request, request.match_info["course"])
    form = await read_form(request)
    try:
        await course_membership.remove_person(request, view, form.get("name", "").strip())
    except NotFound as problem:
        return await _page(request, view, told=problem)
    return see_other(f"{course_address(view.course)}/people")


def routes() -> list[web.RouteDef]:
    """The routes of this module."""
    here = "/courses/{course}/people"
    return [
        web.get(here, show_people),
        web.post(here, post_person),
        web.post(f"{here}/leave", post_leave),
    ]


def find_page(
    connection: Connection, view: CourseView, choice: Choice
) -> tuple[list[Participant], int, int]:
    """Return who is shown, where that begins, and how many there are in all."""
    people = course_progress.participants(connection, view.course, view.taught)
    wanted = choice.name.casefold()
    chosen = [each for each in people if wanted in each.user.name.casefold()]
    first = min(choice.first, max(len(chosen) - 1, 0))
    if choice.sort != "name":
        known = course_progress.opened(connection, view.course)
        chosen = course_progress.with_opened(chosen, known)
        by_seen = choice.sort == "seen"
        chosen.sort(key=lambda each: -((each.seen or _NEVER) if by_seen else each.opened))
        return chosen[first : first + PAGE], first, len(chosen)
    shown = chosen[first : first + PAGE]
    known = course_progress.opened(connection, view.course, [each.user.id for each in shown])
    return course_progress.with_opened(shown, known), first, len(chosen)


def read_choice(request: web.Request) -> Choice:
    """Return what the address asks for; what cannot be understood is as if it were not there."""
    sort, first = request.query.get("sort", ""), request.query.get("from", "")
    return Choice(
        name=request.query.get("name", "").strip()[:_MOST_NAME],
        sort=sort if sort in SORTS else "name",
        first=int(first) if first.isascii() and first.isdigit() and len(first) < 8 else 0,
    )


async def _page(
    request: web.Request, view: CourseView, *, told: SifuError | None = None, draft: str = ""
) -> web.Response:
    choice, here = read_choice(request), course_address(view.course)
    shown, first, number = await request.app[STORE].read(find_page, view, choice)
    values = {
        "course": view.course,
        "title": title_of(view),
        "here": here,
        "tabs": course_tabs(view.course),
        "leads": view.leads,
        "told": "" if told is None else told.public,
        "draft": draft,
        "choice": choice,
        "sorts": [(key, word, choice.address(here, sort=key)) for key, word in SORTS.items()],
        "people": await _rows(request, view, shown),
        "number": number,
        "first": first,
        "page": PAGE,
        "earlier": choice.address(here, **{"from": max(first - PAGE, 0)}) if first else "",
        "later": choice.address(here, **{"from": first + PAGE}) if first + PAGE < number else "",
    }
    status = 200 if told is None else told.status
    return render_page(request, "course_people.html", values, status=status)


async def _rows(request: web.Request, view: CourseView, shown: Sequence[Participant]) -> list[Row]:
    mode = request.app[SETTINGS].workspaces
    states = {each.name: each.state for each in (await request.app[OBSERVATORY].look()).servers}
    return [
        Row(
            each,
            states.get(server_of(each.user, mode), "stopped"),
            mode is Workspaces.PER_USER
            and each.role is CourseRole.STUDENT
            and each.seen is not None
            and not each.user.is_admin
            and each.user.id != view.user.id,
        )
        for each in shown
    ]


def _role(form: dict[str, str]) -> CourseRole:
    try:
        return CourseRole(form.get("role", CourseRole.STUDENT.value))
    except ValueError:
        raise UnprocessableInput("Somebody is a teacher or a student of a course.") from None
