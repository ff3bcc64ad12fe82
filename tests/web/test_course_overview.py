"""The overview of a course: who leads it sees and changes it, and nobody else does."""

from dataclasses import replace

import pytest
from sqlalchemy import Connection

from proxy.core.course import Enrolment
from proxy.core.errors import UnprocessableInput
from proxy.core.lti_roles import CourseRole
from proxy.courses.places import CoursePlaces
from proxy.store import courses
from proxy.store.course_tables import course_jobs
from proxy.web import course_page
from proxy.web.course_overview import read_settings
from tests.web.page_front import Pages
from tests.web.teaching import STATS, add_course, install_acts, list_person, put_notebook

HERE = "/courses/stats"
CHANGES = ("update", "settings", "archive", "unarchive", "delete")


def begin_job(connection: Connection, state: str = "running") -> int:
    row = {"course": "stats", "kind": "update", "state": state, "started": 5.0, "by_slug": "bob"}
    made = connection.execute(course_jobs.insert().values(row | {"summary": ""}))
    return int((made.inserted_primary_key or (0,))[0])


async def test_who_leads_sees_version_notebooks_and_every_link(pages: Pages) -> None:
    install_acts(pages)
    await add_course(pages)
    put_notebook(pages, "week 1/means.ipynb")
    put_notebook(pages, "more/extra.ipynb")
    page = await pages.ask("GET", HERE, "bob")
    assert page.status == 200
    for text in (
        "<h1>Statistics &lt;for&gt; all</h1>",
        "a1b2c3d4",
        "Means &amp; medians",
        "Other notebooks",
        f"{pages.settings.front_origin}/courses/stats/open/week%201/means",
        "course=stats\nnotebook=week 1/means</textarea>",
        "/lti/launch",
        "/ipythonExercice/stats/week%201/means/STUDENT",
        "https://sifu.example.org/hooks/stats",
        'action="/courses/stats/update"',
    ):
        assert text in page.text, text


async def test_a_student_sees_notebooks_and_nothing_that_changes(pages: Pages) -> None:
    install_acts(pages)
    await add_course(pages, problem="It failed: secret-host.")
    page = (await pages.ask("GET", HERE, "ada")).text
    assert 'action="/courses/stats/open/week%201/means"' in page
    for hidden in ("/update", "secret-host", "/hooks/", "STUDENT", "/people", "/delete"):
        assert hidden not in page, hidden


@pytest.mark.parametrize("what", CHANGES)
async def test_nobody_else_updates_or_changes_a_course(pages: Pages, what: str) -> None:
    acts = install_acts(pages)
    await add_course(pages)
    await pages.add("eve")
    await pages.sign_in("eve")
    assert (await pages.ask("POST", f"{HERE}/{what}", "ada")).status == 403
    assert (await pages.ask("POST", f"{HERE}/{what}", "eve")).status == 404
    assert acts.asked == []


async def test_who_leads_changes_it(pages: Pages) -> None:
    acts = install_acts(pages)
    await add_course(pages)

    async def post(what: str, **form: str) -> int:
        return (await pages.ask("POST", f"{HERE}/{what}", "bob", data=form)).status

    assert await post("update") == 303
    form = {"title": " Mine ", "enrolment": "open", "update_every": "3600", "directory": "nb"}
    assert await post("settings", **form) == 303
    found = await pages.store.read(courses.find, "stats")
    assert found is not None
    assert (found.title, found.enrolment, found.update_every, found.directory, found.version) == (
        "Mine", Enrolment.OPEN, 3600, "nb", STATS.version,
    )  # fmt: skip
    assert await post("archive") == 303
    assert "Open it again" in (await pages.ask("GET", HERE, "bob")).text
    assert await post("unarchive") == 303
    assert await post("delete", name="other") == 422
    assert await post("delete", name="stats") == 303
    assert [name for name, _ in acts.asked] == ["update", "change", "archive", "archive", "remove"]


def test_a_schedule_is_one_of_the_list() -> None:
    course = replace(STATS, update_every=777)
    assert read_settings(course, {"update_every": "777"}) == course
    for every in ("1", "-1", "x", "", "²"):
        with pytest.raises(UnprocessableInput):
            read_settings(course, {"update_every": every})


async def test_an_update_is_followed_with_what_it_writes(pages: Pages) -> None:
    install_acts(pages)
    await add_course(pages)
    number = await pages.store.write(begin_job)
    log = CoursePlaces(pages.settings.data, pages.settings.notebooks).log("stats", number)
    log.parent.mkdir(parents=True)
    log.write_text("fetching <all>\n" * 300 + "the end\n")
    part = (await pages.first_event(f"{HERE}/live", "bob"))["part"]
    assert "<progress" in part
    assert "fetching &lt;all&gt;\nthe end" in part
    assert part.count("fetching") == 199
    assert (await pages.ask("GET", f"{HERE}/live", "ada")).status == 403


async def test_a_failed_update_says_why_and_that_the_former_serves(pages: Pages) -> None:
    install_acts(pages)
    await add_course(pages, problem="The repository asks for a password.")
    page = (await pages.ask("GET", HERE, "bob")).text
    assert "The repository asks for a password. People go on with the version below." in page


async def test_other_parts_show_their_sections(
    pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def section_of(request: object, view: object) -> dict[str, object]:
        return {"groups": [], "left_out": 7, "with_links": False}

    await add_course(pages)
    monkeypatch.setattr(course_page, "SECTIONS", (("course_notebooks.html", section_of),))
    assert "7 notebooks more are in the course" in (await pages.ask("GET", HERE, "bob")).text


async def test_a_course_that_was_placed_by_hand_has_nothing_to_update(pages: Pages) -> None:
    install_acts(pages)
    await add_course(pages)
    await pages.store.write(courses.remove, "stats")
    await list_person(pages, "bob", CourseRole.TEACHER)
    folder = pages.settings.data / "courses" / "stats"
    folder.mkdir(parents=True)
    (folder / "a.ipynb").write_text("{}")
    page = await pages.ask("GET", HERE, "bob")
    assert page.status == 200
    assert "/courses/stats/open/a" in page.text
    assert "Update now" not in page.text
    answer = await pages.ask("POST", f"{HERE}/update", "bob")
    assert answer.status == 409
