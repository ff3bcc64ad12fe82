"""The claims of a signed link, `/launch?jwt=…`, after its signature was verified.

For portals that know who somebody is and speak no LTI. Rules. (1) What every token must say
(`token_claims`): the consumer that we know by its key is the issuer, our own origin the audience;
it holds for five minutes at most. (2) It has an id, because it may be used once. (3) Course and
notebook are plain paths, as in a portal's address (`portal_link`); without a notebook it leads to
the course's folder. (4) The role is one that this consumer may give; none is a student.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from proxy.core.lti_roles import CourseRole
from proxy.core.portal_link import is_course, is_path
from proxy.core.token_claims import ClaimFault, fault_of_parties, fault_of_times, subject_of

LONGEST: Final = 300.0
_MOST_ID: Final = 255


class LaunchLinkFault(Enum):
    """Why a link is refused, beyond what every token must say; the value is for events."""

    ID = "id"
    COURSE = "course"
    NOTEBOOK = "notebook"
    ROLE = "role"


@dataclass(frozen=True, slots=True)
class Consumer:
    """A portal that may send people here; without `courses` to any."""

    name: str
    courses: Collection[str] = ()
    roles: Collection[CourseRole] = (CourseRole.STUDENT,)


@dataclass(frozen=True, slots=True)
class SignedLaunch:
    """`id` is to be used up; `until` is when nobody needs to remember it any more."""

    subject: str
    name: str
    course: str
    notebook: str
    role: CourseRole
    id: str
    until: float


def read_signed_launch(
    claims: Mapping[str, Any], consumer: Consumer, *, origin: str, now: float
) -> SignedLaunch | ClaimFault | LaunchLinkFault:
    """Return where these verified claims lead, or why they are refused."""
    fault = fault_of_parties(claims, issuer=consumer.name, client=origin)
    fault = fault or fault_of_times(claims, now, longest=LONGEST, oldest=LONGEST)
    subject = subject_of(claims)
    if fault is not None or subject is None:
        return fault or ClaimFault.SUBJECT
    return _fault_of_target(claims, consumer) or SignedLaunch(
        subject=subject,
        name=_line(claims.get("name")),
        course=claims["course"],
        notebook=claims.get("notebook", "").removesuffix(".ipynb"),
        role=CourseRole(claims.get("role", CourseRole.STUDENT.value)),
        id=claims["jti"],
        until=float(claims["exp"]),
    )


def _fault_of_target(claims: Mapping[str, Any], consumer: Consumer) -> LaunchLinkFault | None:
    if not _line(claims.get("jti")):
        return LaunchLinkFault.ID
    course, notebook = claims.get("course"), claims.get("notebook", "")
    if not isinstance(course, str) or not is_course(course):
        return LaunchLinkFault.COURSE
    if consumer.courses and course not in consumer.courses:
        return LaunchLinkFault.COURSE
    if not isinstance(notebook, str) or (notebook and not is_path(notebook.removesuffix(".ipynb"))):
        return LaunchLinkFault.NOTEBOOK
    role = claims.get("role", CourseRole.STUDENT.value)
    return None if role in [each.value for each in consumer.roles] else LaunchLinkFault.ROLE


def _line(value: object) -> str:
    if isinstance(value, str) and len(value) <= _MOST_ID and value.isprintable():
        return value
    return ""
