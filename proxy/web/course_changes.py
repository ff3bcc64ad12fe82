"""Adds a course and changes it, for the page and the control API alike.

Promises: administrators may add a course, and whom they listed as teacher of that name; only who
leads a course changes it; only an administrator removes one, or lets Sifu ask a git server on this
very machine. Each change is an event, and one that says where the files come from begins an update.
"""

from collections.abc import Awaitable, Callable
from urllib.parse import quote

from aiohttp import web

from proxy.core.course import Course
from proxy.core.course_job import Job
from proxy.core.errors import Forbidden, NotFound
from proxy.core.events import EventKind
from proxy.core.identity import User
from proxy.core.lti_roles import CourseRole
from proxy.core.repository_address import Address, read_address, shown_address
from proxy.courses.changes import Wish
from proxy.store import course_people
from proxy.web.access import require_admin, require_identity
from proxy.web.audit import note_act, who_acts
from proxy.web.course_access import CourseView, require_lead
from proxy.web.keys import COURSE_CHANGES, COURSE_UPDATES, EVENTS, SETTINGS, STORE

_MAY_NOT_ADD = (
    "Only an administrator adds a course, or a teacher whom this Sifu lists for a course of that "
    "name."
)
_NO_REPOSITORY = "This course has no repository. `sifu course add` gives it one."


async def add(request: web.Request, name: str, wish: Wish) -> tuple[Course, Job]:
    """Add a course and begin to fetch it.

    Raises `Unauthenticated`, `Forbidden`, `UnprocessableInput` (every problem at once), `Conflict`.
    """
    user = require_identity(request).user
    await _require_adder(request, user, name)
    _refuse_own_machine(user, wish)
    course = await request.app[COURSE_CHANGES].add(name, wish)
    note_act(request, EventKind.COURSE_ADDED, course=name, url=shown_address(course.url))
    return course, await begin_update(request, name)


async def change(request: web.Request, name: str, wish: Wish) -> tuple[Course, Job | None]:
    """Change it; a job if its files come from elsewhere now. Raises like `add`, and `NotFound`."""
    view = await require_repository(request, name)
    _refuse_own_machine(view.user, wish)
    before, after = await request.app[COURSE_CHANGES].change(name, wish)
    what = [each for each in _DECIDED if getattr(before, each) != getattr(after, each)]
    what += [each for each in ("token", "deploy_key") if getattr(wish, each) is not None]
    if what:
        note_act(request, EventKind.COURSE_CHANGED, course=name, what=", ".join(what))
    opens = {"url", "branch", "directory", "token", "deploy_key"}
    is_other = not opens.isdisjoint(what) and after.archived is None
    return after, await begin_update(request, name) if is_other else None


async def archive(request: web.Request, name: str, *, archived: bool) -> Course:
    """Put it away, or take it out again; raises `NotFound`, `Forbidden`."""
    view = await require_repository(request, name)
    course = await request.app[COURSE_CHANGES].archive(name, archived=archived)
    if view.entry is not None and (view.entry.archived is not None) is not archived:
        state = "archived" if archived else "active"
        note_act(request, EventKind.COURSE_ARCHIVED, course=name, state=state)
    return course


async def begin_update(request: web.Request, name: str) -> Job:
    """Queue an update of a course that somebody may update."""
    by, way = who_acts(request)
    return await request.app[COURSE_UPDATES].begin(name, by, way)


async def begin_export(request: web.Request, name: str) -> Job:
    """Queue an export; raises `NotFound`, `Forbidden`."""
    await require_repository(request, name)
    by, _ = who_acts(request)
    return await request.app[COURSE_CHANGES].begin_export(name, by)


async def begin_removal(request: web.Request, name: str) -> Job:
    """Queue an export and, when it is there, the removal; raises `NotFound`, `Forbidden`."""
    require_admin(request)
    by, _ = who_acts(request)
    return await request.app[COURSE_CHANGES].begin_removal(name, by, _noting_removal(request, name))


async def new_webhook(request: web.Request, name: str) -> tuple[str, str]:
    """Return the address and a new secret of its webhook, to be shown this once."""
    await require_repository(request, name)
    secret = await request.app[COURSE_CHANGES].new_webhook_secret(name)
    note_act(request, EventKind.COURSE_CHANGED, course=name, what="webhook")
    return hook_address(request, name), secret


def hook_address(request: web.Request, name: str) -> str:
    """Return where a git service is to send its messages."""
    return f"{request.app[SETTINGS].front_origin}/hooks/courses/{quote(name, safe='')}"


async def require_repository(request: web.Request, name: str) -> CourseView:
    """Return what who leads the course may see; raises `NotFound` if it has no repository."""
    view = await require_lead(request, name)
    if view.entry is None:
        raise NotFound(_NO_REPOSITORY)
    return view


_DECIDED = ("url", "title", "branch", "directory", "enrolment", "update_every")


async def _require_adder(request: web.Request, user: User, name: str) -> None:
    if user.is_admin:
        return
    listed = await request.app[STORE].read(course_people.role_of, name, user.id)
    if listed is not CourseRole.TEACHER:
        raise Forbidden(_MAY_NOT_ADD)


def _refuse_own_machine(user: User, wish: Wish) -> None:
    address = read_address(wish.url or "")
    if isinstance(address, Address) and address.is_on_this_machine and not user.is_admin:
        raise Forbidden("Only an administrator names a repository on Sifu's own machine.")


def _noting_removal(request: web.Request, name: str) -> Callable[[], Awaitable[None]]:
    events, (by, way) = request.app[EVENTS], who_acts(request)

    async def note() -> None:
        events.note(EventKind.COURSE_REMOVED, user=by, course=name, about={"by": way})

    return note
