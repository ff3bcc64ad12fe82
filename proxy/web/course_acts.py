"""What is done to a course at the word of a page: who does it is handed in.

The pages know what they ask for and who may; git, jobs and files are the affair of whoever stands
on the application as `COURSE_ACTS`.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import web

from proxy.core.course import Course, Enrolment


@dataclass(frozen=True, slots=True)
class NewCourse:
    """A course to be added; of `token` and `deploy_key` one may be given, and is kept secret."""

    name: str
    url: str
    branch: str = ""
    directory: str = ""
    enrolment: Enrolment = Enrolment.MEMBERS
    token: str = field(default="", repr=False)
    deploy_key: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class CourseActs:
    """Each raises an error of `core.errors` with a sentence.

    `update` begins a job and returns; `archive` takes it back if it is told False; `webhook` gives
    the address for a git service, with its secret or without.
    """

    add: Callable[[web.Request, NewCourse], Awaitable[Course]]
    update: Callable[[web.Request, Course], Awaitable[None]]
    change: Callable[[web.Request, Course], Awaitable[None]]
    archive: Callable[[web.Request, Course, bool], Awaitable[None]]
    remove: Callable[[web.Request, Course], Awaitable[None]]
    webhook: Callable[[web.Request, Course], Awaitable[str]]
