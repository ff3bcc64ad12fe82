"""Courses over the control API: for who leads them.

Promises: who may is decided in `course_changes` and `course_access`, for pages and scripts alike;
no answer holds what opens a repository. What takes long is a job: its row comes at once, and its
log can be followed by asking again.
"""

from aiohttp import web

from proxy.core.course import Course, Enrolment, is_course_name
from proxy.core.course_job import Job
from proxy.core.errors import NotFound
from proxy.core.repository_address import shown_address
from proxy.courses.changes import Wish
from proxy.store import course_people, courses
from proxy.web import course_changes
from proxy.web.access import require_identity
from proxy.web.api_audit import number_of
from proxy.web.api_bodies import answer, read_body
from proxy.web.course_access import require_lead
from proxy.web.course_schemas import (
    Archived,
    CourseChange,
    CourseInfo,
    JobInfo,
    JobLogInfo,
    NewCourse,
    NotebookInfo,
    TrackInfo,
    WebhookInfo,
)
from proxy.web.keys import COURSE_CHANGES, COURSE_JOBS, STORE

MAX_OFFSET = 2**31 - 1
_MOST_DIGITS = 9


async def list_courses(request: web.Request) -> web.Response:
    """Those that whoever asks leads."""
    user = require_identity(request).user
    found = await request.app[STORE].read(courses.list_all)
    if not user.is_admin:
        led = await request.app[STORE].read(course_people.led_by, user.id)
        found = [course for course in found if course.name in led]
    return answer([await _describe(request, course) for course in found])


async def add_course(request: web.Request) -> web.Response:
    """Add it, and begin to fetch it."""
    body = await read_body(request, NewCourse)
    _, job = await course_changes.add(request, body.name, _wish(body))
    return _queued(request, job)


async def show_course(request: web.Request) -> web.Response:
    view = await course_changes.require_repository(request, _name(request))
    assert view.entry is not None  # noqa: S101 (that is what was required)
    return answer(await _describe(request, view.entry))


async def change_course(request: web.Request) -> web.Response:
    """Change what is named in the body."""
    body = await read_body(request, CourseChange)
    course, _ = await course_changes.change(request, _name(request), _wish(body))
    return answer(await _describe(request, course))


async def archive_course(request: web.Request) -> web.Response:
    body = await read_body(request, Archived)
    course = await course_changes.archive(request, _name(request), archived=body.archived)
    return answer(await _describe(request, course))


async def remove_course(request: web.Request) -> web.Response:
    return _queued(request, await course_changes.begin_removal(request, _name(request)))


async def update_course(request: web.Request) -> web.Response:
    await course_changes.require_repository(request, _name(request))
    return _queued(request, await course_changes.begin_update(request, _name(request)))


async def export_course(request: web.Request) -> web.Response:
    return _queued(request, await course_changes.begin_export(request, _name(request)))


async def make_webhook(request: web.Request) -> web.Response:
    url, secret = await course_changes.new_webhook(request, _name(request))
    return answer(WebhookInfo(url=url, secret=secret), status=201)


async def list_jobs(request: web.Request) -> web.Response:
    """The latest first."""
    name = await _require_jobs(request)
    found = await request.app[COURSE_JOBS].list_of(name)
    return answer([_describe_job(request, job) for job in found])


async def show_job(request: web.Request) -> web.Response:
    return answer(_describe_job(request, await _require_job(request)))


async def show_job_log(request: web.Request) -> web.Response:
    """What it wrote after `after`, with how it is: the state is older than no line of it."""
    after = number_of(request.query, "after", most=MAX_OFFSET) or 0
    job = await _require_job(request)
    part = await request.app[COURSE_JOBS].read_log(job, after)
    described = _describe_job(request, job)
    return answer(JobLogInfo(lines=list(part.lines), next=part.next, job=described))


async def _require_jobs(request: web.Request) -> str:
    """Return the course's name; an administrator may look at the jobs of one that is gone."""
    name = _name(request)
    if not is_course_name(name):
        raise NotFound("There is no course of that name.")
    if not require_identity(request).user.is_admin:
        await require_lead(request, name)
    return name


async def _require_job(request: web.Request) -> Job:
    name = await _require_jobs(request)
    number = request.match_info["id"]
    if number.isascii() and number.isdigit() and len(number) <= _MOST_DIGITS:
        job = await request.app[COURSE_JOBS].find(name, int(number))
        if job is not None:
            return job
    raise NotFound("There is no such job of this course.")


def _name(request: web.Request) -> str:
    return request.match_info["course"]


def _wish(body: CourseChange) -> Wish:
    enrolment = None
    if body.open is not None:
        enrolment = Enrolment.OPEN if body.open else Enrolment.MEMBERS
    return Wish(
        url=body.url,
        title=body.title,
        branch=body.branch,
        directory=body.directory,
        enrolment=enrolment,
        update_every=body.update_every,
        token=body.token,
        deploy_key=body.deploy_key,
    )


def _queued(request: web.Request, job: Job) -> web.Response:
    return answer(_describe_job(request, job), status=202)


async def _describe(request: web.Request, course: Course) -> CourseInfo:
    kept = await request.app[COURSE_CHANGES].secrets_of(course.name)
    tracks = [
        TrackInfo(
            title=track.title,
            notebooks=[NotebookInfo(path=each.path, title=each.title) for each in track.notebooks],
        )
        for track in course.outline.tracks
    ]
    return CourseInfo(
        name=course.name,
        title=course.shown_title,
        url=shown_address(course.url),
        branch=course.branch,
        directory=course.directory,
        enrolment=course.enrolment,
        update_every=course.update_every,
        version=course.version,
        updated=course.updated,
        problem=course.problem,
        interface=course.outline.interface,
        tracks=tracks,
        created=course.created,
        archived=course.archived,
        secrets=sorted(kept),
    )


def _describe_job(request: web.Request, job: Job) -> JobInfo:
    return JobInfo(
        id=job.id,
        course=job.course,
        kind=job.kind,
        state=job.state,
        started=job.started,
        ended=job.ended,
        by=job.by,
        summary=job.summary,
        progress=request.app[COURSE_JOBS].progress(job),
    )
