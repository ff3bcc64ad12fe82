"""What only a browser can say of the statistics page: for everybody, cell by cell."""

from typing import TYPE_CHECKING

import pytest

from bench import course
from proxy.store import course_peaks
from proxy.store.course_peaks import Peak
from tests.web.page_front import ORIGIN, Pages
from tests.web.test_admin_in_browser import _AXE, browser, open_as

if TYPE_CHECKING:
    from playwright.async_api import Browser

__all__ = ["browser"]
pytestmark = pytest.mark.browser
HERE = f"{ORIGIN}/courses/{course.NAME}/statistics"
SIZE = course.Size(students=70, notebooks=20)


@pytest.fixture
async def filled(pages: Pages) -> Pages:
    await pages.store.write(course.fill, SIZE)
    await pages.store.write(course_peaks.note, SIZE.first, {course.NAME: Peak(3, 5)})
    pages.clock.now = float((SIZE.first + SIZE.days - 1) * 86_400 + 43_200)
    await pages.sign_in("root")
    return pages


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (360, "dark")])
async def test_it_shuts_nobody_out(
    browser: "Browser", filled: Pages, width: int, scheme: str
) -> None:
    viewport = {"width": width, "height": 800}
    tab = await open_as(browser, filled, "root", color_scheme=scheme, viewport=viewport)
    complaints: list[str] = []
    tab.on("console", lambda message: complaints.append(message.text))
    for query in ("", "?from=2020-01-01&until=2020-01-02", "?from=nonsense"):
        await tab.goto(HERE + query)
        assert await tab.locator("[data-heat], main .card").count()
        for summary in await tab.locator("main summary").all():
            await summary.click()
        wide, shown = await tab.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert wide <= shown, query
        await tab.evaluate(_AXE)
        found = await tab.evaluate("axe.run(document)")
        assert [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]] == []
    assert [line for line in complaints if "422" not in line] == []


async def test_a_cell_says_who_opened_what_and_how_often(browser: "Browser", filled: Pages) -> None:
    from playwright.async_api import expect

    tab = await open_as(browser, filled, "root")
    await tab.goto(HERE)
    numbers = await (await tab.request.get(f"{ORIGIN}/api{HERE.removeprefix(ORIGIN)}")).json()
    cells, told = tab.locator("[data-part=cells]"), tab.locator("[data-part=told]")
    await cells.scroll_into_view_if_needed()
    box = await cells.bounding_box()
    assert box is not None
    width, height = box["width"] / SIZE.notebooks, box["height"] / SIZE.students
    for row, column in ((0, 0), (2, 19), (5, 7)):
        await tab.mouse.move(box["x"] + (column + 0.5) * width, box["y"] + (row + 0.5) * height)
        name = numbers["students"][row]["name"]
        times = numbers["matrix"][row][column]
        word = {0: "not opened", 1: "opened once"}.get(times, f"opened {times} times")
        notebook = numbers["notebooks"][column]["notebook"]
        await expect(told).to_have_text(f"{name} · {column + 1}. {notebook}: {word}")


async def test_without_scripts_the_picture_and_the_numbers_are_there(
    browser: "Browser", filled: Pages
) -> None:
    tab = await open_as(browser, filled, "root", java_script_enabled=False)
    asked: list[str] = []
    tab.on("response", lambda got: asked.append(f"{got.status} {got.url.removeprefix(HERE)}"))
    await tab.goto(HERE)
    assert "200 /heat.png?from=2027-01-15&until=2027-02-13" in asked
    assert await tab.locator(".ranked tbody tr").count() == SIZE.notebooks
    await tab.locator("summary", has_text="As numbers").first.click()
    assert await tab.get_by_role("rowheader", name="2027-01-15").first.is_visible()
