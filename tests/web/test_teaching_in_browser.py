"""What only a browser can say of the teachers' pages: for everybody, by keyboard, by one click."""

from typing import TYPE_CHECKING

import pytest

from proxy.core.course import Outline
from proxy.core.identity import ServerName
from proxy.core.lifecycle import State
from proxy.store import courses
from proxy.store.course_tables import course_jobs
from proxy.web import keys
from tests.store.test_course_progress import add_days, day
from tests.web.page_front import ORIGIN, Pages
from tests.web.teaching import (
    OUTLINE,
    STATS,
    add_course,
    begin_help,
    list_person,
    put_notebook,
)
from tests.web.test_admin_in_browser import _AXE, browser, open_as

if TYPE_CHECKING:
    from playwright.async_api import Browser

__all__ = ["browser"]
pytestmark = pytest.mark.browser
_PATHS = ["/courses", "/courses/stats", "/courses/stats/people", "/courses/nowhere/open/x"]
_PATHS += ["/courses/stats/told?notebook=week%201/means"]
_CONTROLS = (
    "[...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea,"
    " summary')].filter(each => each.checkVisibility()).length"
)


@pytest.fixture
async def teaching(pages: Pages) -> Pages:
    """A course with people, notebooks, an update under way, and somebody in it."""
    await add_course(pages, problem="The repository did not answer within 60 seconds.")
    for path in ("week 1/means.ipynb", "week 2/tests.ipynb", "more/extra.ipynb"):
        put_notebook(pages, path)
    await pages.add("eve")
    await pages.sign_in("eve")
    await list_person(pages, "eve")
    now = pages.clock()
    await pages.store.write(add_days, [day("ada", "x", "week 1/means", last=now - 7200)])
    await pages.store.write(
        lambda connection: connection.execute(
            course_jobs.insert().values(
                course="stats", kind="update", state="running", started=now - 5, by_slug="bob",
                summary="",
            )
        )
    )  # fmt: skip
    pages.server_is(State.READY, ServerName("ada", "home"), started=now - 3600)
    pages.app[keys.LIVE]._pause = 0.1
    return pages


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (360, "dark")])
@pytest.mark.parametrize("who", ["bob", "ada", "eve", "root", "helper"])
async def test_no_page_shuts_anybody_out(
    browser: "Browser", teaching: Pages, who: str, scheme: str, width: int
) -> None:
    paths = ["/", *_PATHS]
    if who == "eve":
        paths = ["/courses", "/courses/stats/open/x"]
    if who == "helper":
        await begin_help(teaching)
        who, paths = "bob", ["/help", "/courses"]
    viewport = {"width": width, "height": 800}
    tab = await open_as(
        browser, teaching, who, color_scheme=scheme, viewport=viewport, reduced_motion="reduce"
    )
    complaints: list[str] = []
    tab.on("console", lambda message: complaints.append(message.text))
    for path in paths:
        answer = await tab.goto(ORIGIN + path)
        if answer is None or answer.status == 303:
            continue
        for details in await tab.locator("details:not(.account):not(.choices)").all():
            await details.evaluate("each => { each.open = true; }")
        wide, shown = await tab.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert wide <= shown, path
        await tab.evaluate(_AXE)
        found = await tab.evaluate("axe.run(document)")
        problems = [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]]
        assert problems == [], path
    expected = "Failed to load resource"  # the pages that answer 403 and 404
    assert [each for each in complaints if expected not in each] == []


async def test_every_control_is_reached_by_tab_and_seen(
    browser: "Browser", teaching: Pages
) -> None:
    tab = await open_as(browser, teaching, "bob")
    for path in _PATHS:
        await tab.goto(ORIGIN + path)
        wanted = await tab.evaluate(_CONTROLS)
        reached = 0
        for _ in range(2 * wanted + 5):
            await tab.keyboard.press("Tab")
            outline = await tab.evaluate(
                "document.activeElement === document.body ? null :"
                " getComputedStyle(document.activeElement).outlineStyle"
            )
            if outline is None:
                break
            assert outline != "none", path
            reached += 1
        assert reached >= wanted, path


async def test_a_launch_link_is_copied_by_its_button(browser: "Browser", teaching: Pages) -> None:
    tab = await open_as(browser, teaching, "bob", permissions=["clipboard-read", "clipboard-write"])
    await tab.goto(f"{ORIGIN}/courses/stats")
    await tab.locator("summary", has_text="Links").first.click()
    await tab.locator("button[data-copies^=launch]").first.click()
    copied = await tab.evaluate("navigator.clipboard.readText()")
    assert copied.endswith("/courses/stats/open/week%201/means")


async def test_what_a_first_version_brings_is_shown_and_what_is_typed_stays(
    browser: "Browser", pages: Pages
) -> None:
    pages.app[keys.LIVE]._pause = 0.1
    course = await add_course(pages, version="", outline=Outline())
    tab = await open_as(browser, pages, "bob", permissions=["clipboard-read", "clipboard-write"])
    await tab.goto(f"{ORIGIN}/courses/stats")
    await tab.get_by_label("Title").fill("half a ti")
    put_notebook(pages, "week 1/means.ipynb")
    await pages.store.write(courses.serve, course.name, STATS.version, OUTLINE, 6.0)
    await tab.get_by_role("heading", level=1, name="Statistics <for> all").wait_for()
    assert await tab.title() == "Statistics <for> all · Sifu"
    await tab.locator("summary", has_text="Links").first.click()
    await tab.locator("button[data-copies^=launch]").first.click()
    assert "week%201/means" in await tab.evaluate("navigator.clipboard.readText()")
    assert await tab.get_by_label("Title").input_value() == "half a ti"


@pytest.mark.parametrize("scripts", [True, False])
async def test_a_student_is_in_the_notebook_by_one_click(
    browser: "Browser", teaching: Pages, scripts: bool
) -> None:
    tab = await open_as(browser, teaching, "ada", java_script_enabled=scripts)
    await tab.goto(ORIGIN)
    async with tab.expect_request(lambda request: "/-/enter" in request.url) as entered:
        await tab.get_by_role("button", name="Continue").click(no_wait_after=True)
    assert "code=" in (await entered.value).url


async def test_a_teacher_helps_sees_the_banner_and_stops(
    browser: "Browser", teaching: Pages
) -> None:
    tab = await open_as(browser, teaching, "bob")
    tab.on("dialog", lambda dialog: dialog.accept())
    await tab.goto(f"{ORIGIN}/courses/stats/people")
    await tab.click("tr[data-key=ada] summary")
    await tab.click("tr[data-key=ada] button:has-text('Help in their notebooks')")
    await tab.wait_for_url(f"{ORIGIN}/help")
    assert await tab.is_visible(".banner:has-text('You are helping ada')")
    await tab.goto(f"{ORIGIN}/courses/stats")
    assert await tab.is_visible(".banner:has-text('You are helping ada')")
    assert await tab.is_visible("text=Stop helping to do this")
    await tab.click(".banner a")
    await tab.click("button:has-text('They are closed: stop helping')")
    await tab.wait_for_url(f"{ORIGIN}/courses/stats/people")
    assert not await tab.is_visible(".banner:has-text('You are helping')")


async def test_what_an_update_writes_is_followed(browser: "Browser", teaching: Pages) -> None:
    tab = await open_as(browser, teaching, "bob")
    await tab.goto(f"{ORIGIN}/courses/stats")
    assert await tab.is_visible("progress")
    await teaching.store.write(
        lambda connection: connection.execute(
            course_jobs.update().values(state="failed", ended=9.0, summary="It did not answer.")
        )
    )
    await tab.wait_for_selector("text=It did not answer.")
    assert not await tab.is_visible("progress")
