"""The people of a course, as their teachers see and change them."""

from time import process_time

import pytest
from sqlalchemy import Connection

from proxy.core.identity import ServerName
from proxy.core.lifecycle import State
from proxy.core.lti_roles import CourseRole
from proxy.store import course_people
from proxy.store.course_tables import course_people as people_table
from proxy.store.tables import users
from tests.store.test_course_progress import add_days, day
from tests.web.courses import running_course
from tests.web.page_front import Answer, Pages
from tests.web.teaching import add_course, list_person

HERE = "/courses/stats/people"


async def put(pages: Pages, name: str, role: str = "student", who: str = "bob") -> Answer:
    return await pages.ask("POST", HERE, who, data={"name": name, "role": role})


async def test_a_teacher_sees_who_is_there_how_far_and_what_can_be_done(pages: Pages) -> None:
    await add_course(pages)
    await pages.store.write(add_days, [day("ada", "b", "a", last=pages.clock() - 7200)])
    pages.server_is(State.READY, ServerName("ada", "home"))
    page = await pages.ask("GET", HERE, "bob")
    assert page.status == 200
    (row,) = [part for part in page.text.split("<tr ") if 'data-key="ada"' in part]
    for text in ("2 hours ago", ">2</td>", "Running", f'action="{HERE}/ada/help"'):
        assert text in row, text
    (own,) = [part for part in page.text.split("<tr ") if 'data-key="bob"' in part]
    assert "/bob/help" not in own


async def test_students_and_strangers_see_nobody(pages: Pages) -> None:
    await add_course(pages)
    await pages.add("eve")
    await pages.sign_in("eve")
    assert (await pages.ask("GET", HERE, "ada")).status == 403
    assert (await pages.ask("GET", HERE, "eve")).status == 404
    for who, status in (("ada", 403), ("eve", 404)):
        assert (await put(pages, "eve", who=who)).status == status
        leave = await pages.ask("POST", f"{HERE}/leave", who, data={"name": "ada"})
        assert leave.status == status
    ada = pages.people["ada"]
    assert await pages.store.read(course_people.role_of, "stats", ada.id) is CourseRole.STUDENT


async def test_who_leads_lists_and_removes(pages: Pages) -> None:
    await add_course(pages)
    eve = await pages.add("eve")
    assert (await put(pages, "eve")).location == HERE
    assert await pages.store.read(course_people.role_of, "stats", eve.id) is CourseRole.STUDENT
    await put(pages, "eve", "teacher")
    assert await pages.store.read(course_people.role_of, "stats", eve.id) is CourseRole.TEACHER
    await pages.ask("POST", f"{HERE}/leave", "bob", data={"name": "eve"})
    assert await pages.store.read(course_people.role_of, "stats", eve.id) is None
    again = await pages.ask("POST", f"{HERE}/leave", "bob", data={"name": "eve"})
    assert again.status == 404


@pytest.mark.parametrize(
    ("name", "role", "status"),
    [("nobody<", "student", 404), ("", "student", 404), ("ada", "king", 422)],
)
async def test_what_is_wrong_is_told_beside_the_form(
    pages: Pages, name: str, role: str, status: int
) -> None:
    await add_course(pages)
    answer = await put(pages, name, role)
    assert answer.status == status
    assert 'role="alert"' in answer.text
    assert "nobody<" not in answer.text


async def test_a_teacher_by_a_platform_sees_their_places_and_lists_nobody(pages: Pages) -> None:
    async with running_course(pages) as course:
        await pages.add("eve")
        await course.arrive("eve", context="course-8")
        page = await pages.ask("GET", HERE, "bob")
        assert page.status == 200
        assert 'data-key="ada"' in page.text
        assert 'data-key="eve"' not in page.text
        assert "List somebody" not in page.text
        assert (await put(pages, "eve")).status == 403


async def test_two_thousand_people_are_a_page_at_a_time_and_found(pages: Pages) -> None:
    await add_course(pages)

    def fill(connection: Connection) -> None:
        people = [
            {"name": f"user {n:04d}", "slug": f"u{n}", "is_admin": False, "created": 0.0}
            for n in range(2000)
        ]
        connection.execute(users.insert(), people)
        first = connection.execute(users.select().where(users.c.slug == "u0")).one().id
        listed = [
            {"course": "stats", "user_id": first + n, "role": "student", "added": 0.0, "seen": n}
            for n in range(2000)
        ]
        connection.execute(people_table.insert(), listed)
        add_days(connection, [day(f"u{n}", *(f"w{k}" for k in range(n % 7))) for n in range(2000)])

    await pages.store.write(fill)
    await pages.ask("GET", HERE, "bob")
    # The processor's time, which a busy machine does not lengthen: all of it runs in here.
    began = process_time()
    page = (await pages.ask("GET", HERE, "bob")).text
    assert process_time() - began < 1.5
    assert page.count("data-key=") == 100
    assert "2002 people, 1 to 100 of them here" in page
    assert 'rel="next"' in page
    last = (await pages.ask("GET", f"{HERE}?from=2000", "bob")).text
    assert last.count("data-key=") == 2
    assert "The 100 before" in last
    found = (await pages.ask("GET", f"{HERE}?name=USER+1999", "bob")).text
    assert found.count("data-key=") == 1
    seen = (await pages.ask("GET", f"{HERE}?sort=seen&name=user", "bob")).text
    assert seen.index("user 1999") < seen.index("user 1998")
    opened = (await pages.ask("GET", f"{HERE}?sort=opened", "bob")).text
    assert '<td role="cell" data-label="Notebooks opened" class="figure">6</td>' in opened
    for odd in ("from=-1", "from=x", "from=99999999999", "sort=password"):
        assert (await pages.ask("GET", f"{HERE}?{odd}", "bob")).status == 200


async def test_their_files_can_be_looked_at_taken_and_cleared(pages: Pages) -> None:
    await add_course(pages)
    page = (await pages.ask("GET", HERE, "bob")).text
    for part in ("files/", "files.zip", "clear"):
        assert f'="{HERE}/ada/{part}"' in page, part
        assert f'="{HERE}/bob/{part}"' not in page, part


async def test_names_are_shown_as_they_are(pages: Pages) -> None:
    await add_course(pages)
    await pages.add("<b>eve")
    await list_person(pages, "<b>eve")
    page = (await pages.ask("GET", HERE, "bob")).text
    assert "&lt;b&gt;eve" in page
    assert "<b>eve" not in page


async def test_whom_a_teacher_listed_and_who_never_came_has_nothing_to_look_at(
    pages: Pages,
) -> None:
    await add_course(pages)
    await pages.add("eve")
    await list_person(pages, "eve")
    page = (await pages.ask("GET", HERE, "bob")).text
    assert "/people/ada/files" in page
    assert "/people/eve/" not in page
