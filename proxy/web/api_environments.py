"""Packages of courses over the control API.

Promises: the same people may do the same as on the page of the course; a build is begun, and what
comes of it is asked for again. Must not: wait for a build.
"""

from aiohttp import web

from proxy.core.course import Course
from proxy.web.api_bodies import answer, read_optional_body
from proxy.web.audit import who_acts
from proxy.web.course_environment import look, require_entry
from proxy.web.environment_builds import Wisher
from proxy.web.environment_schemas import BuildLines, BuildWish, EnvironmentInfo
from proxy.web.keys import ENVIRONMENTS
from proxy.web.schemas import Message


async def show_environment(request: web.Request) -> web.Response:
    """How things are."""
    return answer(await _describe(request, await require_entry(request)))


async def build_environment(request: web.Request) -> web.Response:
    """Begin a build."""
    course = await require_entry(request)
    wish = await read_optional_body(request, BuildWish)
    await request.app[ENVIRONMENTS].begin(course.name, Wisher(*who_acts(request)), anew=wish.anew)
    return answer(await _describe(request, course), status=202)


async def roll_back_environment(request: web.Request) -> web.Response:
    """Go back to the one before."""
    course = await require_entry(request)
    by = Wisher(*who_acts(request))
    return answer(Message(message=await request.app[ENVIRONMENTS].roll_back(course.name, by)))


async def show_environment_log(request: web.Request) -> web.Response:
    """What the latest build wrote."""
    course = await require_entry(request)
    lines = await request.app[ENVIRONMENTS].jobs.log(course.name)
    return answer(BuildLines(lines=list(lines)))


async def _describe(request: web.Request, course: Course) -> EnvironmentInfo:
    section = await look(request, course)
    state, job = section.state, section.job
    failed = job is not None and not job.is_open and not job.is_done and not state.is_current
    return EnvironmentInfo(
        course=course.name,
        requirements=section.list,
        kernel=section.kernel,
        in_use=state.current is not None,
        is_current=state.is_current,
        version=state.used.version if state.used else "",
        size=state.current.size if state.current else 0,
        packages=state.current.packages if state.current else 0,
        since=state.used.used if state.used else None,
        can_go_back=state.before is not None,
        problem=state.problem or (job.summary if job is not None and failed else ""),
        building=job is not None and job.is_open,
    )
