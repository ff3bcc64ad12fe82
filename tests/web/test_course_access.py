"""Rights in a course hold in the places in which one teaches."""

from proxy.core.identity import User
from proxy.core.lti_roles import CourseRole
from proxy.store.memberships import CoursePlace
from proxy.web.course_access import CourseView
from tests.web.courses import running_course
from tests.web.page_front import Pages

ADA = User(1, "ada", "ada", is_admin=False, created=0.0, has_password=False)


def test_who_teaches_somewhere_is_a_teacher_and_an_administrator_is_everywhere() -> None:
    assert not CourseView("stats", ADA, [], []).is_teacher
    assert CourseView("stats", ADA, [], [CoursePlace(1, "c")]).is_teacher
    assert CourseView("stats", ADA, [], None).is_teacher


async def test_a_role_follows_the_latest_launch(pages: Pages) -> None:
    async with running_course(pages) as course:
        assert "Give a grade" in (await pages.ask("GET", "/courses/stats", "bob")).text
        await course.arrive("bob")
        assert "Give a grade" not in (await pages.ask("GET", "/courses/stats", "bob")).text
        await course.arrive("bob", role=CourseRole.TEACHER)
        assert "Give a grade" in (await pages.ask("GET", "/courses/stats", "bob")).text


async def test_without_a_context_a_teacher_sees_themselves_alone(pages: Pages) -> None:
    async with running_course(pages) as course:
        await course.arrive("ada", context="", course="physics")
        await course.arrive("bob", context="", course="physics", role=CourseRole.TEACHER)
        page = await pages.ask("GET", "/courses/physics", "bob")
        assert page.status == 200
        assert "Give a grade" not in page.text
        assert ">ada<" not in page.text
