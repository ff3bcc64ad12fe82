"""Bodies of the part of the control API that is about people of courses; as `schemas` promises."""

from pydantic import Field

from proxy.core.lti_roles import CourseRole
from proxy.web.schemas import Answer, Body


class CoursePersonRole(Body):
    """What somebody shall be in a course."""

    role: CourseRole


class CoursePersonInfo(Answer):
    """Somebody of a course. Times are UTC seconds since the epoch."""

    user: str
    slug: str
    role: CourseRole
    listed: bool = Field(description="By a teacher here, so that it can be undone here")
    seen: float | None = Field(description="When they were last there, if ever")
    opened: int = Field(description="How many different notebooks of the course they opened")
