"""A notebook by its address: one click for who belongs, a question for who is new, no leak."""

import pytest

from proxy.core.course import Enrolment
from proxy.core.lti_roles import CourseRole
from proxy.store import course_people
from tests.web.courses import running_course
from tests.web.page_front import Pages
from tests.web.teaching import add_course, list_person, put_notebook

HERE = "/courses/stats/open/week%201/means"
THERE = "/open/{}/home/lab/tree/stats/week%201/means.ipynb"
FOLLOWED = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "cross-site"}


async def seen(pages: Pages, name: str) -> float | None:
    people = await pages.store.read(course_people.list_of, "stats")
    return next((each.added for each in people if each.user.name == name), None)


@pytest.mark.parametrize("who", ["ada", "bob", "root"])
@pytest.mark.parametrize("suffix", ["", ".ipynb"])
async def test_who_belongs_gets_there_with_the_files(pages: Pages, who: str, suffix: str) -> None:
    await add_course(pages)
    put_notebook(pages, "week 1/means.ipynb")
    answer = await pages.ask("GET", HERE + suffix, who, headers=FOLLOWED)
    assert (answer.status, answer.location) == (303, THERE.format(who))


async def test_what_looks_ahead_changes_nothing(pages: Pages) -> None:
    await add_course(pages)
    for headers in ({"Sec-Purpose": "prefetch"}, {"Sec-Fetch-Mode": "no-cors"}):
        answer = await pages.ask("GET", HERE, "ada", headers=headers)
        assert answer.status in {401, 503}, answer.text
    assert (await pages.ask("HEAD", HERE, "ada")).status == 503


async def test_who_is_new_is_asked_and_comes_by_their_own_click(pages: Pages) -> None:
    """From then on teachers may look and help: no link that a page follows may begin that."""
    await add_course(pages, enrolment=Enrolment.OPEN)
    eve = await pages.add("eve")
    await pages.sign_in("eve")
    page = await pages.ask("GET", HERE, "eve", headers=FOLLOWED)
    assert page.status == 200
    assert "Its teachers see your work" in page.text
    assert not await pages.store.read(course_people.has_come, "stats", eve.id)
    foreign = await pages.ask("POST", HERE, "eve", headers={"Sec-Fetch-Site": "cross-site"})
    assert foreign.status == 403
    assert not await pages.store.read(course_people.has_come, "stats", eve.id)
    answer = await pages.ask("POST", HERE, "eve")
    assert (answer.status, answer.location) == (303, THERE.format("eve"))
    assert await pages.store.read(course_people.has_come, "stats", eve.id)
    assert await pages.store.read(course_people.role_of, "stats", eve.id) is CourseRole.STUDENT
    assert (await pages.ask("GET", HERE, "eve", headers=FOLLOWED)).status == 303


async def test_whom_a_teacher_listed_is_asked_too(pages: Pages) -> None:
    await add_course(pages)
    await pages.add("eve")
    await pages.sign_in("eve")
    await list_person(pages, "eve")
    assert (await pages.ask("GET", HERE, "eve", headers=FOLLOWED)).status == 200


async def test_a_teacher_stays_one(pages: Pages) -> None:
    await add_course(pages)
    assert (await pages.ask("POST", HERE, "bob")).status == 303
    bob = pages.people["bob"]
    assert await pages.store.read(course_people.role_of, "stats", bob.id) is CourseRole.TEACHER


async def test_strangers_are_told_what_to_do_and_not_that_there_is_one(pages: Pages) -> None:
    await add_course(pages)
    await pages.add("eve")
    await pages.sign_in("eve")
    for method in ("GET", "POST"):
        there = await pages.ask(method, HERE, "eve")
        nowhere = await pages.ask(method, "/courses/nowhere/open/x", "eve")
        assert there.status == nowhere.status == 404
        assert there.text == nowhere.text
        assert "ask its teacher to list you" in there.text
        assert 'value="eve"' in there.text
    archived = await pages.ask("GET", "/courses/..%2f/open/x", "eve")
    assert archived.status == 404


@pytest.mark.parametrize("path", ["..%2f..%2fetc", "a//b", "a%00", "./a", "%5c"])
async def test_what_is_no_path_is_no_notebook(pages: Pages, path: str) -> None:
    await add_course(pages)
    for method in ("GET", "POST"):
        answer = await pages.ask(method, f"/courses/stats/open/{path}", "ada")
        assert answer.status == 404, answer.location


async def test_whom_a_platform_brought_keeps_their_place_there(pages: Pages) -> None:
    async with running_course(pages):
        answer = await pages.ask("POST", "/courses/stats/open/week%201/means", "ada")
        assert answer.status == 303
        ada = pages.people["ada"]
        assert await pages.store.read(course_people.role_of, "stats", ada.id) is None


async def test_an_archived_course_opens_for_its_teachers_alone(pages: Pages) -> None:
    await add_course(pages, archived=5.0)
    assert (await pages.ask("GET", HERE, "ada")).status == 404
    assert (await pages.ask("GET", HERE, "bob", headers=FOLLOWED)).status == 303


async def test_who_was_in_it_is_told_that_it_is_over_and_nobody_else(pages: Pages) -> None:
    await add_course(pages, archived=9.0)
    await pages.add("eve")
    await pages.sign_in("eve")
    for method in ("GET", "POST"):
        over = await pages.ask(method, HERE, "ada", headers=FOLLOWED if method == "GET" else {})
        assert over.status == 404
        assert "Statistics &lt;for&gt; all is over" in over.text
        stranger = await pages.ask(method, HERE, "eve")
        assert stranger.status == 404
        assert "Statistics" not in stranger.text
    assert not (pages.settings.notebooks / "ada/home/stats").exists()


async def test_a_platform_s_students_do_not_get_into_what_is_over_either(pages: Pages) -> None:
    await add_course(pages, archived=9.0)
    await pages.store.write(course_people.remove, "stats", pages.people["ada"].id)
    async with running_course(pages):
        answer = await pages.ask("GET", HERE, "ada", headers=FOLLOWED)
    assert answer.status == 404
    assert "is over" in answer.text
