"""Hands for tests of courses: a platform, and people who come by a page of it."""

from dataclasses import replace

from sqlalchemy import Connection

from proxy.core.identity import User
from proxy.core.lti_arrival import Arrival
from proxy.core.lti_launch import GradeService
from proxy.core.lti_platform import Platform, PlatformEntry
from proxy.core.lti_roles import CourseRole
from proxy.store import arrivals, grade_links, platforms
from tests.core.test_lti_arrival import arrival

ENTRY = PlatformEntry(
    issuer="https://lms.example.org",
    client="client-7",
    title="Campus",
    authorization="https://lms.example.org/authorize",
    token="https://lms.example.org/token",
    keys="https://lms.example.org/keys",
    deployments=("1",),
)


def add_platform(connection: Connection, entry: PlatformEntry = ENTRY) -> Platform:
    return platforms.add(connection, entry, 1.0)


def came(
    user: User,
    platform: Platform,
    *,
    role: CourseRole = CourseRole.STUDENT,
    context: str = "course-1",
    course: str = "stats",
    notebook: str = "week 1/means",
    link: str = "link-1",
    grades: GradeService | None = None,
    members_url: str = "",
) -> Arrival:
    """Return this person's arrival; their subject is their slug."""
    plain = arrival(role)
    launch = replace(
        plain.launch,
        subject=f"subject-{user.slug}",
        context=context,
        resource_link=link,
        grades=grades or plain.launch.grades,
        members_url=members_url,
    )
    return replace(
        plain,
        user_id=user.id,
        platform_id=platform.id,
        launch=launch,
        course=course,
        notebook=notebook,
    )


def open_link(connection: Connection, arrived: Arrival, now: float = 5.0) -> int:
    """Remember the arrival; return the number of its link for grades."""
    arrivals.remember(connection, arrived, now)
    found = grade_links.find(connection, arrived.user_id, arrived.course, arrived.notebook)
    assert found is not None
    return found.id
