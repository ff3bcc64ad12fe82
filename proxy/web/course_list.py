"""`/courses`: the courses that one leads, teaches or learns in, and a form to add one.

Promises: what is secret (a token, a deploy key) is taken from the form and shown by no page, not
even by the same form when something in it was wrong. Who may add one: see `course_changes`.
"""

from typing import Final

from aiohttp import web

from proxy.core.course import Enrolment
from proxy.core.course_links import course_address
from proxy.core.errors import SifuError, UnprocessableInput
from proxy.courses.changes import Wish
from proxy.store import course_cards
from proxy.store.course_cards import Standing
from proxy.web import course_changes
from proxy.web.access import require_identity
from proxy.web.forms import read_form
from proxy.web.keys import COURSE_SHELF, STORE
from proxy.web.problems import see_other
from proxy.web.render import render_page

HERE: Final = "/courses"
_SECRETS: Final = ("token", "deploy_key")


async def show_courses(request: web.Request) -> web.Response:
    """All courses that this person may see."""
    require_identity(request)
    return await _page(request)


async def post_course(request: web.Request) -> web.Response:
    """Add one."""
    require_identity(request)
    form = await read_form(request)
    name = form.get("name", "").strip()
    try:
        await course_changes.add(request, name, read_wish(form))
    except SifuError as problem:
        return await _page(request, told=problem, draft=form)
    return see_other(course_address(name))


def routes() -> list[web.RouteDef]:
    """The routes of this module."""
    return [web.get(HERE, show_courses), web.post(f"{HERE}/new", post_course)]


def read_wish(form: dict[str, str]) -> Wish:
    """Return what the form asks for; raises `UnprocessableInput`."""
    key = form.get("deploy_key", "").strip()
    return Wish(
        url=form.get("url", "").strip(),
        branch=form.get("branch", "").strip(),
        directory=form.get("directory", "").strip(),
        enrolment=read_enrolment(form),
        token=form.get("token", "").strip() or None,
        deploy_key=f"{key}\n" if key else None,
    )


def read_enrolment(form: dict[str, str]) -> Enrolment:
    """Return who may open the course; raises `UnprocessableInput`."""
    try:
        return Enrolment(form.get("enrolment", Enrolment.MEMBERS.value))
    except ValueError:
        raise UnprocessableInput("A course is open to its members, or to everybody.") from None


async def _page(
    request: web.Request, *, told: SifuError | None = None, draft: dict[str, str] | None = None
) -> web.Response:
    user = require_identity(request).user
    placed = await request.app[COURSE_SHELF].placed() if user.is_admin else {}
    cards = await request.app[STORE].read(
        course_cards.cards_of, user, also_open=True, placed=tuple(placed)
    )
    kept = {name: text for name, text in (draft or {}).items() if name not in _SECRETS}
    values = {
        "leading": [
            each for each in cards if each.standing is Standing.LEADS and not each.is_archived
        ],
        "archived": [each for each in cards if each.is_archived],
        "learning": [
            each for each in cards if each.standing in {Standing.TEACHES, Standing.LEARNS}
        ],
        "joinable": [each for each in cards if each.standing is Standing.MAY_JOIN],
        "of_image": {name for name, each in placed.items() if each.is_of_image},
        "may_add": user.is_admin,
        "told": "" if told is None else told.public,
        "draft": kept,
        "course_address": course_address,
    }
    return render_page(request, "courses.html", values, status=200 if told is None else told.status)
