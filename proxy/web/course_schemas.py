"""Bodies of the part of the control API that is about courses. The same promises as `schemas`."""

from typing import Annotated

from pydantic import BeforeValidator, Field, StringConstraints

from proxy.core.course import Enrolment, Interface
from proxy.core.course_job import JobKind, JobState
from proxy.core.update_schedule import LONGEST
from proxy.courses.changes import MOST_TITLE
from proxy.courses.secret_files import MOST_KEY, MOST_TOKEN
from proxy.web.schemas import Answer, Body, whole

_LINE = r"^[^\u0000-\u001f\u007f-\u009f]*$"
Name = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=_LINE)]
Url = Annotated[str, StringConstraints(min_length=1, max_length=1000, pattern=_LINE)]
Line = Annotated[str, StringConstraints(max_length=1000, pattern=_LINE)]
Title = Annotated[str, StringConstraints(max_length=MOST_TITLE, pattern=_LINE)]
Token = Annotated[str, StringConstraints(max_length=MOST_TOKEN)]
Key = Annotated[str, StringConstraints(max_length=MOST_KEY)]
Seconds = Annotated[int, BeforeValidator(whole), Field(ge=0, le=LONGEST)]


class CourseChange(Body):
    """What is to change; what is not named stays."""

    url: Url | None = None
    title: Title | None = None
    branch: Line | None = Field(default=None, description="Or a tag; empty: the default one")
    directory: Line | None = Field(default=None, description="Only this folder of the repository")
    open: bool | None = Field(default=None, description="Whoever may sign in has it")
    update_every: Seconds | None = Field(default=None, description="Seconds; 0 is by hand")
    token: Token | None = Field(default=None, description="Opens it over https; empty: none")
    deploy_key: Key | None = Field(default=None, description="Opens it over ssh; a private key")


class NewCourse(CourseChange):
    """A course to add; everything but name and address has a default."""

    name: Name
    url: Url = Field(description="https://…, ssh://… or git@host:path")


class Archived(Body):
    """Puts a course away, or takes it out again."""

    archived: bool


class NotebookInfo(Answer):
    """A notebook in a track."""

    path: str
    title: str


class TrackInfo(Answer):
    """Notebooks in their order."""

    title: str
    notebooks: list[NotebookInfo]


class CourseInfo(Answer):
    """A course with a repository. Times are UTC seconds since the epoch."""

    name: str
    title: str = Field(description="What people call it")
    url: str
    branch: str
    directory: str
    enrolment: Enrolment
    update_every: int
    version: str = Field(description="What is served: commit and digest; empty before the first")
    updated: float | None
    problem: str = Field(description="Why the latest update failed; empty if it did not")
    interface: Interface
    tracks: list[TrackInfo]
    created: float
    archived: float | None
    secrets: list[str] = Field(description="Which are kept: token, deploy-key, webhook")


class JobInfo(Answer):
    """Something that is done for a course. Times are UTC seconds since the epoch."""

    id: int
    course: str
    kind: JobKind
    state: JobState
    started: float
    ended: float | None
    by: str = Field(description="Slug; empty: a schedule, a webhook or the command line")
    summary: str = Field(description="What came of it, or why nothing did")
    progress: str = Field(description="What it does just now")


class JobLogInfo(Answer):
    """Lines of a job's log; ask again with `after` as `next`."""

    lines: list[str]
    next: int
    job: JobInfo


class WebhookInfo(Answer):
    """What a git service is to be told; the secret is shown this once."""

    url: str
    secret: str
