"""The rows of the endpoint table that are about courses."""

from proxy.core.errors import (
    Conflict,
    Forbidden,
    NotFound,
    TooManyAttempts,
    UnprocessableInput,
)
from proxy.web import api_courses
from proxy.web.api_endpoint import Caller, Endpoint, Parameter, Reply
from proxy.web.course_schemas import (
    Archived,
    CourseChange,
    CourseInfo,
    JobInfo,
    JobLogInfo,
    NewCourse,
    WebhookInfo,
)

_COURSE = "/api/courses/{course}"
_QUEUED = (Reply(202, "It is done in the background", JobInfo),)
_SHOWN = (Reply(200, "The course", CourseInfo),)
_LEADS = (Forbidden, NotFound)
_AFTER = Parameter(
    "after",
    "query",
    "The `next` of the answer before",
    (("type", "integer"), ("minimum", 1), ("maximum", api_courses.MAX_OFFSET)),
)


def list_course_endpoints() -> tuple[Endpoint, ...]:
    """Return the rows."""
    return (*_courses(), *_works(), *_jobs())


def _courses() -> tuple[Endpoint, ...]:
    return (
        Endpoint(
            "GET",
            "/api/courses",
            api_courses.list_courses,
            "List the courses with a repository that you lead",
            (Reply(200, "The courses, by name", CourseInfo, many=True),),
        ),
        Endpoint(
            "POST",
            "/api/courses",
            api_courses.add_course,
            "Add a course from a git repository, and begin to fetch it",
            _QUEUED,
            body=NewCourse,
            problems=(Forbidden, Conflict, UnprocessableInput, TooManyAttempts),
        ),
        Endpoint("GET", _COURSE, api_courses.show_course, "Show a course", _SHOWN, problems=_LEADS),
        Endpoint(
            "PATCH",
            _COURSE,
            api_courses.change_course,
            "Change a course; if its files come from elsewhere then, begin to fetch them",
            _SHOWN,
            body=CourseChange,
            problems=(*_LEADS, UnprocessableInput, TooManyAttempts),
        ),
        Endpoint(
            "DELETE",
            _COURSE,
            api_courses.remove_course,
            "Export a course into a file, then remove it",
            _QUEUED,
            Caller.ADMIN,
            problems=(NotFound, TooManyAttempts),
        ),
        Endpoint(
            "PUT",
            _COURSE + "/archived",
            api_courses.archive_course,
            "Put a course away, or take it out again: not shown, no launches, files stay",
            _SHOWN,
            body=Archived,
            problems=_LEADS,
        ),
    )


def _works() -> tuple[Endpoint, ...]:
    return (
        Endpoint(
            "POST",
            _COURSE + "/update",
            api_courses.update_course,
            "Bring a course to the newest version of its repository",
            _QUEUED,
            problems=(*_LEADS, TooManyAttempts),
        ),
        Endpoint(
            "POST",
            _COURSE + "/export",
            api_courses.export_course,
            "Write a course into a file of SIFU_DATA",
            _QUEUED,
            problems=(*_LEADS, TooManyAttempts),
        ),
        Endpoint(
            "POST",
            _COURSE + "/webhook",
            api_courses.make_webhook,
            "Make a new secret for the course's webhook; it is shown this once",
            (Reply(201, "What the git service is to be told", WebhookInfo),),
            problems=_LEADS,
        ),
    )


def _jobs() -> tuple[Endpoint, ...]:
    return (
        Endpoint(
            "GET",
            _COURSE + "/jobs",
            api_courses.list_jobs,
            "List what was done for a course, the latest first",
            (Reply(200, "The jobs", JobInfo, many=True),),
            problems=_LEADS,
        ),
        Endpoint(
            "GET",
            _COURSE + "/jobs/{id}",
            api_courses.show_job,
            "Show a job and how far it is",
            (Reply(200, "The job", JobInfo),),
            problems=_LEADS,
        ),
        Endpoint(
            "GET",
            _COURSE + "/jobs/{id}/log",
            api_courses.show_job_log,
            "Show what a job wrote; ask again with `after` to follow it",
            (Reply(200, "Lines of the log, and the job", JobLogInfo),),
            parameters=(_AFTER,),
            problems=(*_LEADS, UnprocessableInput),
        ),
    )
