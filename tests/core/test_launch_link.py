import pytest

from proxy.core.launch_link import (
    LONGEST,
    Consumer,
    LaunchLinkFault,
    SignedLaunch,
    read_signed_launch,
)
from proxy.core.lti_roles import CourseRole
from proxy.core.token_claims import ClaimFault

NOW = 1_800_000_000.0
ORIGIN = "https://sifu.example.org"
PORTAL = Consumer(
    "portal", frozenset({"statistics"}), frozenset({CourseRole.STUDENT, CourseRole.TEACHER})
)
GOOD = {
    "iss": "portal",
    "aud": ORIGIN,
    "sub": "student-4711",
    "iat": NOW,
    "exp": NOW + LONGEST,
    "jti": "5d1c",
    "course": "statistics",
    "notebook": "week 1/means.ipynb",
}


def read(consumer=PORTAL, **changes):
    claims = {name: value for name, value in (GOOD | changes).items() if value is not ...}
    return read_signed_launch(claims, consumer, origin=ORIGIN, now=NOW)


def test_a_good_one_leads_to_its_notebook():
    assert read(name="Ann Lee") == SignedLaunch(
        subject="student-4711",
        name="Ann Lee",
        course="statistics",
        notebook="week 1/means",
        role=CourseRole.STUDENT,
        id="5d1c",
        until=NOW + LONGEST,
    )


@pytest.mark.parametrize("changes", [{"notebook": ...}, {"notebook": ""}])
def test_without_a_notebook_it_leads_to_the_course(changes):
    found = read(**changes)
    assert isinstance(found, SignedLaunch)
    assert found.notebook == ""


def test_a_consumer_without_courses_may_name_any():
    found = read(Consumer("portal"), course="algebra")
    assert isinstance(found, SignedLaunch)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"iss": "another"}, ClaimFault.ISSUER),
        ({"aud": "https://other.example.org"}, ClaimFault.AUDIENCE),
        ({"aud": ORIGIN + "/"}, ClaimFault.AUDIENCE),
        ({"aud": ...}, ClaimFault.AUDIENCE),
        ({"exp": ...}, ClaimFault.TIMES),
        ({"exp": NOW - 61, "iat": NOW - 200}, ClaimFault.EXPIRED),
        ({"iat": NOW + 61}, ClaimFault.EARLY),
        ({"iat": NOW - LONGEST - 61, "exp": NOW}, ClaimFault.OLD),
        ({"exp": NOW + LONGEST + 1}, ClaimFault.LIFETIME),
        ({"sub": ...}, ClaimFault.SUBJECT),
        ({"sub": ""}, ClaimFault.SUBJECT),
        ({"jti": ...}, LaunchLinkFault.ID),
        ({"jti": ""}, LaunchLinkFault.ID),
        ({"jti": 7}, LaunchLinkFault.ID),
        ({"jti": "x" * 256}, LaunchLinkFault.ID),
        ({"course": ...}, LaunchLinkFault.COURSE),
        ({"course": "algebra"}, LaunchLinkFault.COURSE),
        ({"course": "../statistics"}, LaunchLinkFault.COURSE),
        ({"course": ["statistics"]}, LaunchLinkFault.COURSE),
        ({"notebook": "../x"}, LaunchLinkFault.NOTEBOOK),
        ({"notebook": "/etc/passwd"}, LaunchLinkFault.NOTEBOOK),
        ({"notebook": "a\\b"}, LaunchLinkFault.NOTEBOOK),
        ({"notebook": ".ipynb"}, LaunchLinkFault.NOTEBOOK),
        ({"notebook": 7}, LaunchLinkFault.NOTEBOOK),
        ({"notebook": None}, LaunchLinkFault.NOTEBOOK),
        ({"role": "admin"}, LaunchLinkFault.ROLE),
        ({"role": ["student"]}, LaunchLinkFault.ROLE),
        ({"role": None}, LaunchLinkFault.ROLE),
    ],
)
def test_whatever_is_wrong_has_its_reason(changes, fault):
    assert read(**changes) is fault


def test_a_role_is_given_only_by_who_may():
    student_portal = Consumer("portal", frozenset({"statistics"}))
    assert read(student_portal, role="teacher") is LaunchLinkFault.ROLE
    found = read(role="teacher")
    assert isinstance(found, SignedLaunch)
    assert found.role is CourseRole.TEACHER
