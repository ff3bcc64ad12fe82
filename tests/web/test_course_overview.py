"""The overview of a course: who leads it sees and changes it, and nobody else does."""

from pathlib import Path

import pytest
from sqlalchemy import Connection

from proxy.core.course import Enrolment, Outline
from proxy.core.course_job import JobState
from proxy.core.errors import UnprocessableInput
from proxy.core.lti_roles import CourseRole
from proxy.courses.changes import Wish
from proxy.courses.places import CoursePlaces
from proxy.store import courses
from proxy.store.course_jobs import finish
from proxy.store.course_tables import course_jobs
from proxy.web import course_page, keys
from proxy.web.course_overview import LOG_LINES, read_settings
from tests.courses.upstream import Upstream, running_service
from tests.store.test_course_progress import add_days, day
from tests.web.page_front import Pages
from tests.web.teaching import STATS, add_course, list_person, put_notebook

HERE = "/courses/stats"
CHANGES = ("update", "settings", "archive", "unarchive", "delete", "webhook")


def begin_job(
    connection: Connection, state: str = "running", kind: str = "update", summary: str = ""
) -> int:
    row = {"course": "stats", "kind": kind, "state": state, "started": 5.0, "by_slug": "bob"}
    made = connection.execute(course_jobs.insert().values(row | {"summary": summary}))
    return int((made.inserted_primary_key or (0,))[0])


async def test_who_leads_sees_version_notebooks_and_every_link(pages: Pages) -> None:
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
        "/hooks/courses/stats",
        'action="/courses/stats/update"',
    ):
        assert text in page.text, text


async def test_a_student_sees_notebooks_and_nothing_that_changes(pages: Pages) -> None:
    await add_course(pages, problem="It failed: secret-host.")
    page = (await pages.ask("GET", HERE, "ada")).text
    assert 'action="/courses/stats/open/week%201/means"' in page
    for hidden in ("/update", "secret-host", "/hooks/", "STUDENT", "/people", "/delete"):
        assert hidden not in page, hidden


@pytest.mark.parametrize("what", CHANGES)
async def test_nobody_else_updates_or_changes_a_course(pages: Pages, what: str) -> None:
    await add_course(pages)
    await pages.add("eve")
    await pages.sign_in("eve")
    assert (await pages.ask("POST", f"{HERE}/{what}", "ada")).status == 403
    assert (await pages.ask("POST", f"{HERE}/{what}", "eve")).status == 404
    found = await pages.store.read(courses.find, "stats")
    assert found is not None
    assert found.archived is None
    assert not await pages.app[keys.COURSE_JOBS].list_of("stats")


async def post(pages: Pages, what: str, who: str = "bob", **form: str) -> int:
    return (await pages.ask("POST", f"{HERE}/{what}", who, data=form)).status


async def test_who_leads_changes_it(pages: Pages) -> None:
    await add_course(pages)
    form = {"title": " Mine ", "enrolment": "open", "update_every": "3600"}
    assert await post(pages, "settings", **form) == 303
    found = await pages.store.read(courses.find, "stats")
    assert found is not None
    assert (found.title, found.enrolment, found.update_every, found.directory, found.version) == (
        "Mine", Enrolment.OPEN, 3600, "", STATS.version,
    )  # fmt: skip
    assert await post(pages, "archive") == 303
    assert "Open it again" in (await pages.ask("GET", HERE, "bob")).text
    assert await post(pages, "unarchive") == 303
    assert "Open it again" not in (await pages.ask("GET", HERE, "bob")).text


async def test_only_an_administrator_deletes_and_only_who_types_its_name(pages: Pages) -> None:
    await add_course(pages)
    assert "/delete" not in (await pages.ask("GET", HERE, "bob")).text
    assert await post(pages, "delete", name="stats") == 403
    assert await post(pages, "delete", "root", name="other") == 422
    assert await post(pages, "delete", "root", name="stats") == 303
    (job,) = await pages.app[keys.COURSE_JOBS].list_of("stats")
    await pages.app[keys.COURSE_JOBS].wait(job)
    assert await pages.store.read(courses.find, "stats") is None


async def test_a_new_secret_of_the_webhook_is_shown_once(pages: Pages) -> None:
    await add_course(pages)
    answer = await pages.ask("POST", f"{HERE}/webhook", "bob")
    secret = answer.text.partition('id="secret" readonly value="')[2].partition('"')[0]
    assert len(secret) > 20
    assert secret not in (await pages.ask("GET", HERE, "bob")).text


async def test_an_update_brings_what_was_pushed(pages: Pages, tmp_path: Path) -> None:
    with running_service(tmp_path / "git") as service:
        upstream = Upstream.make(tmp_path / "git" / "stats")
        commit = upstream.commit({"a/first.ipynb": "{}", "sifu.toml": 'title = "New <one>"'})
        await add_course(pages, url=service.url(upstream), version="", outline=Outline())
        assert "No version yet" in (await pages.ask("GET", HERE, "bob")).text
        assert await post(pages, "update") == 303
        (job,) = await pages.app[keys.COURSE_JOBS].list_of("stats")
        await pages.app[keys.COURSE_JOBS].wait(job)
        page = (await pages.ask("GET", HERE, "bob")).text
    for text in (commit[:8], "<h1>New &lt;one&gt;</h1>", "/courses/stats/open/a/first"):
        assert text in page, text


def test_what_a_form_does_not_name_stays() -> None:
    assert read_settings({}) == Wish()
    assert read_settings({"update_every": "3600", "title": ""}) == Wish(update_every=3600, title="")
    for every in ("-1", "x", "²", "9" * 30):
        with pytest.raises(UnprocessableInput):
            read_settings({"update_every": every})


async def test_an_update_is_followed_with_what_it_writes(pages: Pages) -> None:
    await add_course(pages)
    number = await pages.store.write(begin_job)
    log = CoursePlaces(pages.settings.data, pages.settings.notebooks).log("stats", number)
    log.parent.mkdir(parents=True)
    log.write_text("fetching <all>\n" * 300 + "the end\n")
    part = (await pages.first_event(f"{HERE}/live", "bob"))["part"]
    assert "<progress" in part
    assert "fetching &lt;all&gt;\nthe end" in part
    assert part.count("fetching") == LOG_LINES - 1
    assert (await pages.ask("GET", f"{HERE}/live", "ada")).status == 403


async def test_a_failed_update_says_why_and_that_the_former_serves(pages: Pages) -> None:
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
    assert answer.status == 404


async def test_a_build_does_not_hide_what_the_update_before_it_said(pages: Pages) -> None:
    await add_course(pages)
    await pages.store.write(begin_job, "done", "update", "The course is at a1b2c3d4e5 now.")
    await pages.store.write(begin_job, "running", "build")
    part = (await pages.first_event(f"{HERE}/live", "bob"))["part"]
    assert "The course is at a1b2c3d4e5 now." in part
    assert "<progress" not in part
    assert "disabled" not in part, "an update need not wait for the build"


async def test_the_rest_of_the_page_is_asked_for_when_a_job_came_to_its_end(pages: Pages) -> None:
    await add_course(pages)
    number = await pages.store.write(begin_job, "running", "build")
    running = await version_of_page(pages)
    await pages.store.write(lambda connection: finish(connection, number, JobState.DONE, "", 6.0))
    assert await version_of_page(pages) != running


async def version_of_page(pages: Pages) -> str:
    part = (await pages.first_event(f"{HERE}/live", "bob"))["part"]
    return part.partition('data-version="')[2].partition('"')[0]


async def test_a_student_reads_titles_and_of_scores_where_there_can_be_some(pages: Pages) -> None:
    await add_course(pages)
    put_notebook(pages, "week 1/means.ipynb")
    await pages.store.write(add_days, [day("ada", "x", "week 1/means")])
    page = (await pages.ask("GET", HERE, "ada")).text
    assert "You were last at <strong>Means &amp; medians</strong>" in page
    assert "score" not in page, "she came by no learning platform"
