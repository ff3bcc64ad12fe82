"""Roles of LTI 1.3: from a platform's list of names to what a person may do in the course.

Rules. (1) A role is a whole name from the specification's vocabulary (LTI Core, A.2); what merely
ends alike is none. (2) Only roles of the course count (membership): an administrator of the school
is no teacher of every course. (3) The simple names without a vocabulary, which old platforms send,
count as roles of the course. (4) Who has no role that counts is a student, with no rights but their
own.
"""

from collections.abc import Iterable
from enum import Enum
from typing import Final

_MEMBERSHIP: Final = "http://purl.imsglobal.org/vocab/lis/v2/membership"
_ASSISTING: Final = "http://purl.imsglobal.org/vocab/lis/v2/membership/Instructor#"
_TEACHER_NAMES: Final = frozenset(
    {f"{_MEMBERSHIP}#{name}" for name in ("Instructor", "ContentDeveloper", "Administrator")}
    | {f"{_ASSISTING}{name}" for name in ("TeachingAssistant", "PrimaryInstructor", "Lecturer")}
    | {"Instructor", "TeachingAssistant", "ContentDeveloper"}
)
_PREVIEW: Final = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"


class CourseRole(Enum):
    """What somebody is in a course."""

    TEACHER = "teacher"
    STUDENT = "student"


def role_of(names: Iterable[str]) -> CourseRole:
    """Return the course role of these names."""
    named = set(names)
    is_teacher = bool(named & _TEACHER_NAMES) and _PREVIEW not in named
    return CourseRole.TEACHER if is_teacher else CourseRole.STUDENT


def is_preview(names: Iterable[str]) -> bool:
    """Is it a platform's test student, through whose eyes a teacher looks?"""
    return _PREVIEW in set(names)
