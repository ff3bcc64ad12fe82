"""The statistics page: for teachers, without scripts, with nothing that runs in a spreadsheet."""

import csv
import io
import re

import pytest

from proxy.core.identity import ServerName
from proxy.core.lifecycle import State
from proxy.core.lti_roles import CourseRole
from proxy.store import course_peaks, users
from proxy.store.course_peaks import Peak
from proxy.web import keys
from proxy.web.course_access import look
from proxy.web.course_statistics import section_of
from proxy.web.render import _ENVIRONMENT
from tests.core.test_heat_map import read
from tests.web.courses import running_course
from tests.web.page_front import ORIGIN, Answer, Pages
from tests.web.statistics_course import EVIL, HERE, fill, open_notebook


@pytest.fixture
async def today(pages: Pages) -> int:
    return await fill(pages)


async def page(pages: Pages, who: str = "bob", query: str = "") -> Answer:
    return await pages.ask("GET", HERE + query, who)


async def picture(pages: Pages, who: str = "bob", query: str = "") -> bytes:
    headers = {"Cookie": f"sifu={pages.secrets[who]}"}
    async with pages.client.get(f"{ORIGIN}{HERE}/heat.png{query}", headers=headers) as got:
        assert (got.status, got.content_type) == (200, "image/png")
        assert got.headers["Cache-Control"] == "no-store"
        return await got.read()


async def test_a_teacher_sees_students_and_no_staff(pages: Pages, today: int) -> None:
    shown = await page(pages)
    assert shown.status == 200
    text = re.sub(r"\s+", " ", shown.text)
    assert "<title>Statistics of Python &amp; more" in text
    assert '<dd>2 <span class="muted small">of 2</span></dd>' in text
    assert '<dd>3 <span class="muted small">in 30 days</span></dd>' in text
    assert "2 of 2 students opened 2 notebooks." in text
    assert text.index("w1/intro") < text.index("evil")
    assert "Begin &lt;here&gt;" in text
    assert ">x<" not in text  # what the teacher opened
    assert "<b>w1" not in text


async def test_students_and_strangers_see_nothing(pages: Pages, today: int) -> None:
    for path in (HERE, f"{HERE}/heat.png", f"{HERE}/matrix.csv"):
        assert (await pages.ask("GET", path, "ada")).status == 403
        assert (await pages.ask("GET", path)).status in {303, 401}
        unknown = path.replace("python", "nowhere")
        assert (await pages.ask("GET", unknown, "root")).status == 404
    await pages.add("joe")
    await pages.sign_in("joe")
    assert (await page(pages, "joe")).status == 404


async def test_the_picture_has_a_pixel_for_each_cell(pages: Pages, today: int) -> None:
    width, height, pixels, _ = read(await picture(pages))
    assert (width, height) == (2, 2)
    assert pixels == [[1, 1], [1, 0]]


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("?from=nonsense", "Write a day like"),
        ("?from=2027-01-15&until=2027-01-01", "after the last one"),
        ("?from=2001-01-01&until=2027-01-01", "more than 366 days"),
    ],
)
async def test_days_that_cannot_be_are_said_and_the_usual_ones_shown(
    pages: Pages, today: int, query: str, word: str
) -> None:
    shown = await page(pages, query=query)
    assert shown.status == 422
    assert word in shown.text
    assert "2 of 2 students" in shown.text
    assert (await pages.ask("GET", f"{HERE}/heat.png{query}", "bob")).status == 422


async def test_the_days_that_are_asked_for_are_counted_alone(pages: Pages, today: int) -> None:
    await open_notebook(pages, "ada", "w1/intro", earlier=86_400 * 40)
    all_days = await page(pages, query="?from=2026-11-01")
    assert "4 <span" in all_days.text
    assert "3 <span" in (await page(pages)).text


async def test_an_empty_course_says_what_to_do(pages: Pages, today: int) -> None:
    nothing = await page(pages, query="?from=2026-01-01&until=2026-01-31")
    assert "No student opened a notebook of this course from 2026-01-01" in nothing.text
    assert "<image" not in nothing.text
    for name in ("ada", "eve"):
        await pages.store.write(users.remove, pages.people[name], 5.0)
    pages.app[keys.COURSE_COUNTS].forget()
    assert "Nobody is in this course yet" in (await page(pages)).text


async def test_somebody_who_is_removed_is_not_shown_any_more(pages: Pages, today: int) -> None:
    await page(pages)
    await pages.store.write(users.remove, pages.people["eve"], 5.0)
    pages.clock.advance(61)
    assert "1 of 1 students" in (await page(pages)).text


async def test_each_file_is_a_table_without_formulas(pages: Pages, today: int) -> None:
    for name in ("students", "people", "notebooks", "matrix", "hours"):
        file = await pages.ask("GET", f"{HERE}/{name}.csv", "bob")
        assert file.status == 200
        assert file.headers["Content-Type"] == "text/csv; charset=utf-8"
        assert re.fullmatch(
            rf'attachment; filename="{name}-2026-12-17-2027-01-15\.csv"',
            file.headers["Content-Disposition"],
        )
        for row in csv.reader(io.StringIO(file.text)):
            assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row)
    matrix = list(
        csv.reader(io.StringIO((await pages.ask("GET", f"{HERE}/matrix.csv", "bob")).text))
    )
    assert matrix == [
        ["student", "slug", "w1/intro", f"'{EVIL}"],
        ["ada", "ada", "1", "1"],
        ["eve", "eve", "1", "0"],
    ]
    for name in ("secrets", "..", "matrix.csv"):
        assert (await pages.ask("GET", f"{HERE}/{name}.csv", "bob")).status == 404


async def test_what_runs_is_told_of_the_courses_own_people(pages: Pages, today: int) -> None:
    pages.server_is(State.READY)
    for name, state in (("eve", State.STOPPED), ("root", State.READY), ("bob", State.READY)):
        pages.server_is(state, ServerName(name, "home"))
    pages.app[keys.OBSERVATORY].forget()
    assert "<dd>1 server <span" in (await page(pages)).text
    await pages.store.write(course_peaks.note, today, {"python": Peak(12, 34)})
    shown = (await page(pages)).text
    assert "Kernels at a time" in shown
    assert "34 kernels" in shown
    peaks = await pages.ask("GET", f"{HERE}/peaks.csv", "bob")
    assert peaks.text.splitlines() == ["date,servers,kernels", "2027-01-15,12,34"]


async def test_a_teacher_by_a_platform_sees_their_own_place_alone(pages: Pages) -> None:
    for name in ("eve", "joe"):
        await pages.add(name)
        await pages.sign_in(name)
    async with running_course(pages) as course:
        await course.arrive("eve", context="course-8")
        for name in ("ada", "eve"):
            await open_notebook(pages, name, "week 1/means", course="stats")
        await course.arrive("joe", role=CourseRole.TEACHER, context="course-8")
        here = "/courses/stats/statistics"
        for who, shown in (("bob", {"ada"}), ("joe", {"eve"}), ("root", {"ada", "eve"})):
            text = (await pages.ask("GET", f"{here}/people.csv", who)).text
            assert {row["slug"] for row in csv.DictReader(io.StringIO(text))} == shown
        await pages.store.write(
            course_peaks.note, int(pages.clock() // 86_400), {"stats": Peak(9, 9)}
        )
        assert "Servers at a time" not in (await pages.ask("GET", here, "bob")).text
        assert (await pages.ask("GET", f"{here}/peaks.csv", "bob")).status == 404
        assert "Servers at a time" in (await pages.ask("GET", here, "root")).text


async def test_the_page_of_the_course_gets_a_summary_for_teachers(pages: Pages, today: int) -> None:
    class Asked:
        app = pages.app

    for who, is_shown in (("bob", True), ("ada", False)):
        view = await pages.store.read(look, "python", pages.people[who])
        values = await section_of(Asked(), view)  # type: ignore[arg-type]
        assert (values["statistics"] is not None) is is_shown
        text = render(values)
        assert ("All statistics" in text) is is_shown
        assert ("2 of 2" in text) is is_shown


def render(values: dict[str, object]) -> str:
    return _ENVIRONMENT.get_template("course_statistics.html").render(values)
