"""Somebody arrived by a link of a course page: who, from where, as what, for which notebook.

Rules. (1) A link names its place by two parameters: `course`, one step of a path, and `notebook`, a
path below it, with or without `.ipynb`; either may be missing. (2) Only a student's work is graded:
a teacher's launch opens no column in the platform's book.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from proxy.core.lti_launch import GradeService, Launch
from proxy.core.lti_roles import CourseRole
from proxy.core.portal_link import is_course, is_path

SCORE_SCOPE: Final = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
_SUFFIX: Final = ".ipynb"


@dataclass(frozen=True, slots=True)
class LinkPlace:
    """What a link opens; `notebook` is without `.ipynb`, and either may be empty."""

    course: str = ""
    notebook: str = ""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A launch by an account of ours; `notebook` is a path below the course, without `.ipynb`."""

    user_id: int
    platform_id: int
    launch: Launch
    course: str
    notebook: str
    role: CourseRole
    is_preview: bool


def place_of(parameters: Mapping[str, str]) -> LinkPlace | None:
    """Return the place that a link's custom parameters name, or None if there can be none such."""
    course = parameters.get("course", "").strip()
    notebook = parameters.get("notebook", "").strip().removesuffix(_SUFFIX)
    if not course:
        return None if notebook else LinkPlace()
    if not is_course(course) or (notebook and not is_path(notebook)):
        return None
    return LinkPlace(course, notebook)


def grades_of(arrival: Arrival) -> GradeService | None:
    """Return where the score of this person's work goes, if the platform takes one."""
    service = arrival.launch.grades
    if service is None or arrival.role is not CourseRole.STUDENT:
        return None
    return service if SCORE_SCOPE in service.scopes else None
