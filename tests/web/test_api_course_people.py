"""People of courses over the API: the same rights as on the pages."""

import io
import json
import zipfile
from typing import Any

from proxy.core.lti_roles import CourseRole
from proxy.store import course_people
from tests.web.courses import running_course
from tests.web.page_front import ORIGIN, OWN, PAGE, Pages
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


async def test_copies_are_taken_and_cleared_by_their_teachers_alone(pages: Pages) -> None:
    await add_course(pages)
    await pages.add("eve")
    await pages.sign_in("eve")
    mine = pages.settings.notebooks / "ada/home/stats/mine.txt"
    mine.parent.mkdir(parents=True)
    mine.write_text("written by ada")
    for who, status in (("ada", 403), ("eve", 404)):
        for path in ("/api/courses/stats/files.zip", f"{HERE}/ada/files.zip"):
            assert (await ask(pages, "GET", path, who))[0] == status
        assert (await ask(pages, "POST", f"{HERE}/ada/clear", who))[0] == status
    assert (await ask(pages, "POST", f"{HERE}/eve/clear", "bob"))[0] == 404
    assert mine.exists()
    status, told = await ask(pages, "POST", f"{HERE}/ada/clear", "bob")
    assert status == 200
    assert told["message"].startswith("The copy of ada is called “stats (cleared ")
    assert not mine.exists()
    assert [each.read_text() for each in mine.parent.parent.glob("stats (cleared*/mine.txt")] == [
        "written by ada"
    ]
    status, told = await ask(pages, "POST", f"{HERE}/ada/clear", "bob")
    assert (status, told["message"]) == (200, "ada has no copy of stats.")


async def test_a_zip_of_a_copy_comes_by_the_api_too(pages: Pages) -> None:
    async with running_course(pages):
        headers = PAGE | OWN | {"Cookie": f"sifu={pages.secrets['bob']}"}
        mine = pages.settings.notebooks / "ada/home/stats/mine.txt"
        mine.parent.mkdir(parents=True)
        mine.write_text("written by ada")
        async with pages.client.get(f"{ORIGIN}{HERE}/ada/files.zip", headers=headers) as got:
            assert (got.status, got.content_type) == (200, "application/zip")
            with zipfile.ZipFile(io.BytesIO(await got.read())) as found:
                assert any(name.endswith("mine.txt") for name in found.namelist())


async def test_a_teacher_by_a_platform_reads_of_their_places(pages: Pages) -> None:
    async with running_course(pages) as course:
        await pages.add("eve")
        await course.arrive("eve", context="course-8")
        status, listed = await ask(pages, "GET", HERE, "bob")
        assert status == 200
        assert [each["user"] for each in listed] == ["ada", "bob"]
        body = {"role": "student"}
        assert (await ask(pages, "PUT", f"{HERE}/eve", "bob", json=body))[0] == 403
