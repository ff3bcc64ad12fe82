"""Scores over the API: one's own, and those of whom one teaches."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from proxy.core.lti_roles import CourseRole
from proxy.store import scores
from tests.web.courses import Course, running_course
from tests.web.page_front import Pages

GRADE = {"user": "ada", "notebook": "week 1/means.ipynb", "given": 8, "most": 10}
GRADES = "/api/courses/stats/grades"


@pytest.fixture
async def course(pages: Pages) -> AsyncIterator[Course]:
    async with running_course(pages) as running:
        yield running


async def ask(course: Course, method: str, path: str, who: str, **options: Any) -> tuple[int, Any]:
    got = await course.pages.ask(method, path, who, **options)
    return got.status, json.loads(got.text)


async def test_a_teacher_gives_a_grade_and_sees_it(course: Course) -> None:
    status, told = await ask(course, "POST", GRADES, "bob", json=GRADE)
    assert (status, told["message"]) == (
        202,
        "The score 8 of 10 is on its way to the course page.",
    )
    status, listed = await ask(course, "GET", "/api/scores?course=stats", "bob")
    assert status == 200
    (score,) = listed
    assert score | {"id": 0, "made": 0, "next_try": 0} == {
        "id": 0,
        "user": "ada",
        "slug": "ada",
        "course": "stats",
        "notebook": "week 1/means",
        "given": 8.0,
        "most": 10.0,
        "comment": "",
        "by": "bob",
        "made": 0,
        "state": "waiting",
        "attempts": 0,
        "next_try": 0,
        "problem": "",
        "sent": None,
    }


async def test_everybody_lists_their_own(course: Course) -> None:
    await ask(course, "POST", GRADES, "bob", json=GRADE)
    for who, number in (("ada", 1), ("bob", 0), ("root", 0)):
        status, listed = await ask(course, "GET", "/api/scores", who)
        assert (status, len(listed)) == (200, number)
    assert len((await ask(course, "GET", "/api/scores?course=stats", "ada"))[1]) == 1
    assert len((await ask(course, "GET", "/api/scores?course=stats", "root"))[1]) == 1
    assert (await ask(course, "GET", "/api/scores?course=other", "bob"))[0] == 404


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"user": "nobody"}, 404),
        ({"user": "No Slug"}, 422),
        ({"notebook": "other"}, 404),
        ({"given": 11}, 422),
        ({"given": -1}, 422),
        ({"most": 0}, 422),
        ({"comment": "a" * 501}, 422),
        ({"more": 1}, 422),
    ],
)
async def test_odd_grades(course: Course, changes: dict[str, object], status: int) -> None:
    assert (await ask(course, "POST", GRADES, "bob", json=GRADE | changes))[0] == status
    assert await course.scores() == []


async def test_only_a_teacher_of_that_page_gives_grades(course: Course) -> None:
    assert (await ask(course, "POST", GRADES, "ada", json=GRADE))[0] == 403
    await course.pages.add("eve")
    await course.pages.sign_in("eve")
    assert (await ask(course, "POST", GRADES, "eve", json=GRADE))[0] == 404
    await course.arrive("eve", role=CourseRole.TEACHER, context="course-8")
    assert (await ask(course, "POST", GRADES, "eve", json=GRADE))[0] == 404
    assert await course.scores() == []


async def test_a_score_is_sent_again_by_who_teaches_there(course: Course) -> None:
    await ask(course, "POST", GRADES, "bob", json=GRADE)
    (score,) = await course.scores()
    await course.pages.store.write(scores.put_off, score.id, "No.", until=None)
    retry = f"/api/scores/{score.id}/retry"
    await course.pages.add("eve")
    await course.pages.sign_in("eve")
    for who in ("ada", "eve"):
        assert (await ask(course, "POST", retry, who))[0] == 404
    await course.arrive("eve", role=CourseRole.TEACHER, context="course-8")
    assert (await ask(course, "POST", retry, "eve"))[0] == 404
    status, told = await ask(course, "POST", retry, "bob")
    assert (status, told["state"]) == (200, "waiting")
    await course.pages.store.write(scores.mark_sent, score.id, 1.0)
    assert (await ask(course, "POST", retry, "bob"))[0] == 409
    for number in ("4711", "x", "-1", "9" * 30):
        assert (await ask(course, "POST", f"/api/scores/{number}/retry", "bob"))[0] == 404


async def test_a_retry_says_the_same_of_what_is_not_there_and_not_ones_own(course: Course) -> None:
    await ask(course, "POST", GRADES, "bob", json=GRADE)
    (score,) = await course.scores()
    _, own = await ask(course, "POST", f"/api/scores/{score.id}/retry", "ada")
    _, none = await ask(course, "POST", "/api/scores/4711/retry", "ada")
    assert own["detail"] == none["detail"]
