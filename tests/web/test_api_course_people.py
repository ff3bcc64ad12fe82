"""People of courses over the API: the same rights as on the pages."""

import json
from typing import Any

from proxy.core.lti_roles import CourseRole
from proxy.store import course_people
from tests.web.courses import running_course
from tests.web.page_front import Pages
from tests.web.teaching import add_course

HERE = "/api/courses/stats/people"


async def ask(pages: Pages, method: str, path: str, who: str, **options: Any) -> tuple[int, Any]:
    got = await pages.ask(method, path, who, **options)
    return got.status, json.loads(got.text)


async def test_a_teacher_lists_reads_and_removes(pages: Pages) -> None:
    await add_course(pages)
    eve = await pages.add("Eve 1")
    body = {"role": "teacher"}
    status, told = await ask(pages, "PUT", f"{HERE}/Eve%201", "bob", json=body)
    assert (status, told["message"]) == (200, "Eve 1 is a teacher of stats.")
    status, listed = await ask(pages, "GET", HERE, "bob")
    assert status == 200
    assert [(each["user"], each["role"], each["listed"]) for each in listed] == [
        ("ada", "student", True), ("bob", "teacher", True), ("Eve 1", "teacher", True),
    ]  # fmt: skip
    assert (await ask(pages, "DELETE", f"{HERE}/Eve%201", "bob"))[0] == 200
    assert (await ask(pages, "DELETE", f"{HERE}/Eve%201", "bob"))[0] == 404
    assert await pages.store.read(course_people.role_of, "stats", eve.id) is None


async def test_nobody_else_does(pages: Pages) -> None:
    await add_course(pages)
    await pages.add("eve")
    await pages.sign_in("eve")
    body = {"role": "teacher"}
    for who, status in (("ada", 403), ("eve", 404)):
        assert (await ask(pages, "GET", HERE, who))[0] == status
        assert (await ask(pages, "PUT", f"{HERE}/{who}", who, json=body))[0] == status
        assert (await ask(pages, "DELETE", f"{HERE}/bob", who))[0] == status
    ada = pages.people["ada"]
    assert await pages.store.read(course_people.role_of, "stats", ada.id) is CourseRole.STUDENT


async def test_a_name_that_nobody_has_is_told(pages: Pages) -> None:
    await add_course(pages)
    for name in ("nobody", "%00", "x" * 500):
        status, told = await ask(pages, "PUT", f"{HERE}/{name}", "bob", json={"role": "student"})
        assert status == 404
        assert "Nobody was listed" in told["detail"]


async def test_a_teacher_by_a_platform_reads_of_their_places(pages: Pages) -> None:
    async with running_course(pages) as course:
        await pages.add("eve")
        await course.arrive("eve", context="course-8")
        status, listed = await ask(pages, "GET", HERE, "bob")
        assert status == 200
        assert [each["user"] for each in listed] == ["ada", "bob"]
        body = {"role": "student"}
        assert (await ask(pages, "PUT", f"{HERE}/eve", "bob", json=body))[0] == 403
