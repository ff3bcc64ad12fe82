"""The page of a course, the part about its packages: what is in use, build, go back, the log.

Promises: whoever leads the course sees it and may do it, nobody else; a build goes on in the
background, and the page says how far it is. Must not: wait for a build.
"""

from dataclasses import dataclass

from aiohttp import web

from proxy.core.course import Course
from proxy.core.course_environment import display_name, list_path
from proxy.core.course_links import course_address
from proxy.core.errors import Conflict, NotFound
from proxy.courses.environments import EnvironmentState
from proxy.web.audit import who_acts
from proxy.web.course_access import CourseView, require_lead
from proxy.web.environment_builds import BuildJob, Wisher
from proxy.web.forms import read_form
from proxy.web.keys import ENVIRONMENTS
from proxy.web.problems import see_other
from proxy.web.render import render_page

_SHOWN_VERSION = 10


@dataclass(frozen=True, slots=True)
class EnvironmentSection:
    """What the fragment shows. `list` is the path of the list of packages."""

    state: EnvironmentState
    job: BuildJob | None
    course: Course
    here: str

    @property
    def list(self) -> str:
        return list_path(self.course.outline)

    @property
    def kernel(self) -> str:
        return display_name(self.course.name)

    @property
    def version(self) -> str:
        return self.state.used.version[:_SHOWN_VERSION] if self.state.used else ""

    @property
    def word(self) -> tuple[str, str]:
        """The state as a word, and the class of its dot."""
        if self.job is not None and self.job.is_open:
            return "Building", "starting"
        if self.state.problem or (self.job and not self.job.is_done and not self.state.is_current):
            return "Not built", "failed"
        if self.state.current is not None:
            return ("In use", "ready") if self.state.is_current else ("An earlier one", "queued")
        return ("To be built", "queued") if self.state.asks else ("Default kernel", "stopped")


async def section_of(request: web.Request, view: CourseView) -> dict[str, object]:
    """Return what `course_environment.html` needs: `environment`, None where there is none."""
    if not view.leads or view.entry is None:
        return {"environment": None}
    return {"environment": await look(request, view.entry)}


async def look(request: web.Request, course: Course) -> EnvironmentSection:
    """Return how things are with a course's packages."""
    builds = request.app[ENVIRONMENTS]
    state = await builds.environments.look(course)
    job = await builds.jobs.latest(course.name)
    return EnvironmentSection(state, job, course, course_address(course.name))


async def require_entry(request: web.Request) -> Course:
    """Return the course that whoever asks leads; raises as `require_lead`, or `Conflict`."""
    view = await require_lead(request, request.match_info["course"])
    if view.entry is None:
        raise Conflict("This course has no repository; its notebooks run with the default kernel.")
    return view.entry


async def post_build(request: web.Request) -> web.Response:
    """Build what the course asks for, or `anew=1`."""
    course = await require_entry(request)
    form = await read_form(request)
    by = Wisher(*who_acts(request))
    await request.app[ENVIRONMENTS].begin(course.name, by, anew=form.get("anew") == "1")
    return see_other(f"{course_address(course.name)}/environment/log")


async def post_rollback(request: web.Request) -> web.Response:
    """Go back to the environment before."""
    course = await require_entry(request)
    await request.app[ENVIRONMENTS].roll_back(course.name, Wisher(*who_acts(request)))
    return see_other(f"{course_address(course.name)}#environment")


async def show_log(request: web.Request) -> web.Response:
    """What the latest build says."""
    course = await require_entry(request)
    jobs = request.app[ENVIRONMENTS].jobs
    job = await jobs.latest(course.name)
    if job is None:
        raise NotFound("Nothing has been built for this course yet.")
    values = {
        "course": course,
        "here": course_address(course.name),
        "job": job,
        "log": await jobs.log(course.name),
    }
    return render_page(request, "course_environment_log.html", values)


def routes() -> list[web.RouteDef]:
    """The routes of this module."""
    here = "/courses/{course}/environment"
    return [
        web.get(f"{here}/log", show_log),
        web.post(f"{here}/build", post_build),
        web.post(f"{here}/rollback", post_rollback),
    ]
