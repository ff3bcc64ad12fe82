"""The page of a course: teachers see their people, students themselves, others nothing."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from proxy.core.events import EventKind
from proxy.core.lti_roles import CourseRole
from proxy.store import events
from proxy.store.events import Wanted
from proxy.web import keys
from tests.auth.lti_services_platform import member
from tests.web.courses import Course, running_course
from tests.web.page_front import Answer, Pages

HERE = "/courses/stats"


@pytest.fixture
async def course(pages: Pages) -> AsyncIterator[Course]:
    async with running_course(pages) as running:
        running.services.members = [
            member("subject-bob", "Bob Berg", "Instructor"),
            member("subject-ada", "Ada Lovelace"),
            member("subject-new", "Nobody <i>Yet"),
        ]
        yield running


async def grade(course: Course, who: str = "bob", **changes: str) -> Answer:
    form = {"work": "ada/week 1/means", "given": "8", "most": "10", "comment": "Good <b>"}
    return await course.pages.ask("POST", f"{HERE}/grades", who, data=form | changes)


async def test_a_teacher_sees_who_is_there_and_who_was_here(course: Course) -> None:
    page = await course.pages.ask("GET", HERE, "bob")
    assert page.status == 200
    assert page.text.index("Bob Berg") < page.text.index("Ada Lovelace")
    assert "Nobody &lt;i&gt;Yet" in page.text
    assert page.text.count("not yet") == 1
    assert "3 people" in page.text
    assert "<h1>Statistics</h1>" in page.text


async def test_a_grade_goes_to_the_platform_and_is_shown(course: Course) -> None:
    answer = await grade(course)
    assert (answer.status, answer.location) == (303, HERE)
    page = await course.pages.ask("GET", HERE, "bob")
    assert "8 of 10" in page.text
    assert "On its way" in page.text
    await course.deliver()
    assert course.services.scores[0]["comment"] == "Good <b>"
    page = await course.pages.ask("GET", HERE, "bob")
    assert "Arrived" in page.text
    log = course.pages.app[keys.EVENTS]
    await log.write()
    (event,) = await course.pages.store.read(
        events.find, Wanted(kind=EventKind.SCORE_GIVEN), limit=9
    )
    assert (event.event.user, event.event.course) == ("bob", "stats")
    assert event.event.about == {"whom": "ada", "notebook": "week 1/means"}


async def test_a_student_sees_their_own_scores_alone(course: Course) -> None:
    await course.pages.add("eve")
    await course.pages.sign_in("eve")
    await course.arrive("eve")
    await grade(course)
    await grade(course, work="eve/week 1/means", given="3")
    page = await course.pages.ask("GET", HERE, "ada")
    assert page.status == 200
    assert "8 of 10" in page.text
    assert "3 of 10" not in page.text
    assert "Bob Berg" not in page.text
    assert ">eve<" not in page.text
    assert course.services.count("members") == 0


async def test_whoever_never_came_does_not_learn_of_it(course: Course) -> None:
    await course.pages.add("eve")
    await course.pages.sign_in("eve")
    there = await course.pages.ask("GET", HERE, "eve")
    nowhere = await course.pages.ask("GET", "/courses/nowhere", "eve")
    assert there.status == nowhere.status == 404
    for path in ("/courses/nowhere", "/courses/..", "/courses/a%2Fb", "/courses/%00"):
        assert (await course.pages.ask("GET", path, "root")).status == 404


async def test_an_administrator_sees_every_place(course: Course) -> None:
    page = await course.pages.ask("GET", HERE, "root")
    assert page.status == 200
    assert "Ada Lovelace" in page.text
    assert (await grade(course, "root")).status == 303


async def test_a_teacher_of_another_page_sees_and_grades_nobody_here(course: Course) -> None:
    await course.pages.add("eve")
    await course.pages.sign_in("eve")
    await course.arrive("eve", role=CourseRole.TEACHER, context="course-8")
    page = await course.pages.ask("GET", HERE, "eve")
    assert page.status == 200
    assert ">ada<" not in page.text
    assert "ada/week 1/means" not in page.text
    refused = await grade(course, "eve")
    assert refused.status == 404
    assert "has not opened this notebook from a graded link of your course page" in refused.text
    assert await course.scores() == []


async def test_a_student_grades_nobody(course: Course) -> None:
    for who in ("ada",):
        assert (await grade(course, who)).status == 403
        assert (await course.pages.ask("POST", f"{HERE}/scores/1/retry", who)).status == 403
    assert await course.scores() == []


@pytest.mark.parametrize(
    ("changes", "status", "word"),
    [
        ({"given": "x"}, 422, "A score is a number"),
        ({"given": "11"}, 422, "lies between 0 and the best one"),
        ({"given": "nan"}, 422, "lies between"),
        ({"most": "0"}, 422, "number above 0"),
        ({"comment": "a" * 501}, 422, "500 characters"),
        ({"work": "nobody/week 1/means"}, 404, "has not opened"),
        ({"work": ""}, 404, "has not opened"),
        ({"work": "ada/other"}, 404, "has not opened"),
    ],
)
async def test_what_is_wrong_is_told_and_what_was_typed_stays(
    course: Course, changes: dict[str, str], status: int, word: str
) -> None:
    answer = await grade(course, **changes)
    assert answer.status == status
    assert word in answer.text
    assert 'role="alert"' in answer.text
    assert 'name="given"' in answer.text


async def test_a_comma_is_a_point(course: Course) -> None:
    await grade(course, given="7,5")
    assert (await course.scores())[0].new.given == 7.5


async def test_what_was_not_taken_is_tried_again_at_a_word(course: Course) -> None:
    async def refuse(_: web.Request) -> web.Response:
        return web.Response(status=403)

    course.services.instead["scores"] = refuse
    await grade(course)
    await course.deliver()
    page = await course.pages.ask("GET", HERE, "bob")
    assert "Not taken" in page.text
    assert "Campus &lt;b&gt; did not take it: it answered 403. Tried 1 time." in page.text
    del course.services.instead["scores"]
    (score,) = await course.scores()
    answer = await course.pages.ask("POST", f"{HERE}/scores/{score.id}/retry", "bob")
    assert answer.status == 303
    await course.deliver()
    assert len(course.services.scores) == 1
    again = await course.pages.ask("POST", f"{HERE}/scores/{score.id}/retry", "bob")
    assert again.status == 409
    assert "arrived already" in again.text
    for number in ("4711", "x", "9" * 40):
        answer = await course.pages.ask("POST", f"{HERE}/scores/{number}/retry", "bob")
        assert answer.status == 404


async def test_without_the_platform_the_page_is_there_all_the_same(course: Course) -> None:
    async def broken(_: web.Request) -> web.Response:
        return web.Response(status=500)

    course.services.instead["members"] = broken
    page = await course.pages.ask("GET", HERE, "bob")
    assert page.status == 200
    assert "it answered 500. Shown are those who were here." in page.text
    assert "ada" in page.text
    assert "Ada Lovelace" not in page.text


async def test_names_of_courses_with_odd_letters_have_their_page(course: Course) -> None:
    name = "Économie & <b> 50% #1?"
    await course.arrive("bob", role=CourseRole.TEACHER, course=name)
    link = "/courses/%C3%89conomie%20%26%20%3Cb%3E%2050%25%20%231%3F"
    page = await course.pages.ask("GET", link, "bob")
    assert page.status == 200
    assert f'action="{link}/grades"' in page.text or "nothing to grade yet" in page.text


async def test_the_home_page_leads_to_ones_courses(course: Course) -> None:
    await course.arrive("ada", course="50% <b>")
    page = (await course.pages.ask("GET", "/", "ada")).text
    assert '<a href="/courses/stats">stats</a>' in page
    assert '<a href="/courses/50%25%20%3Cb%3E">50% &lt;b&gt;</a>' in page
    assert "Your courses" not in (await course.pages.ask("GET", "/", "root")).text
