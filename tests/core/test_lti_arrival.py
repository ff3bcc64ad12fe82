"""Where a link leads, and whose work is graded."""

import pytest

from proxy.core.lti_arrival import SCORE_SCOPE, Arrival, LinkPlace, grades_of, place_of
from proxy.core.lti_launch import GradeService, Launch, MessageType
from proxy.core.lti_roles import CourseRole


def arrival(
    role: CourseRole = CourseRole.STUDENT, scopes: frozenset[str] = frozenset({SCORE_SCOPE})
) -> Arrival:
    launch = Launch(
        message=MessageType.RESOURCE,
        issuer="https://lms.example.org",
        client="client-7",
        deployment="1",
        subject="person-1",
        roles=frozenset(),
        target="https://sifu.example.org/lti/launch",
        resource_link="link-1",
        context="course-1",
        context_title="Statistics",
        grades=GradeService(scopes, "https://lms.example.org/lineitems", ""),
        members_url="https://lms.example.org/members",
    )
    return Arrival(1, 1, launch, "stats", "week 1/means", role, is_preview=False)


@pytest.mark.parametrize(
    ("parameters", "place"),
    [
        ({}, LinkPlace()),
        ({"course": ""}, LinkPlace()),
        ({"other": "x"}, LinkPlace()),
        ({"course": "stats"}, LinkPlace("stats")),
        ({"course": "stats", "notebook": "a.ipynb"}, LinkPlace("stats", "a")),
        ({"course": " stats ", "notebook": "a"}, LinkPlace("stats", "a")),
        ({"course": "stats", "notebook": "week 1/means.ipynb"}, LinkPlace("stats", "week 1/means")),
        ({"course": "Économie 2"}, LinkPlace("Économie 2")),
    ],
)
def test_places(parameters: dict[str, str], place: LinkPlace) -> None:
    assert place_of(parameters) == place


@pytest.mark.parametrize(
    "parameters",
    [
        {"notebook": "a"},
        {"course": ".."},
        {"course": "."},
        {"course": "a/b"},
        {"course": "a\\b"},
        {"course": "a\x00"},
        {"course": "a" * 101},
        {"course": "stats", "notebook": "../a"},
        {"course": "stats", "notebook": "a/../b"},
        {"course": "stats", "notebook": "/a"},
        {"course": "stats", "notebook": "a//b"},
        {"course": "stats", "notebook": "a/"},
        {"course": "stats", "notebook": "a\\b"},
        {"course": "stats", "notebook": "a\u202eb"},
        {"course": "stats", "notebook": "a" * 1025},
    ],
)
def test_no_places(parameters: dict[str, str]) -> None:
    assert place_of(parameters) is None


def test_a_students_work_is_graded_and_a_teachers_is_not() -> None:
    assert grades_of(arrival()) is not None
    assert grades_of(arrival(CourseRole.TEACHER)) is None


def test_without_leave_to_post_scores_nothing_is_graded() -> None:
    assert grades_of(arrival(scopes=frozenset({SCORE_SCOPE + ".readonly"}))) is None
