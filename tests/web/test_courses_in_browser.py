"""What only a browser can say of course pages and of choosing notebooks: for everybody, by keys."""

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web

from proxy.store import scores
from proxy.store.scores import NewScore
from proxy.web import lti_choosing
from tests.auth.lti_services_platform import member
from tests.web.courses import Course, running_course
from tests.web.page_front import ORIGIN, Pages
from tests.web.test_admin_in_browser import _AXE, browser, open_as
from tests.web.test_lti_choosing import Asked, launch

if TYPE_CHECKING:
    from playwright.async_api import Browser, ConsoleMessage, Page

__all__ = ["browser"]
pytestmark = pytest.mark.browser
_SIZES = [(1280, 900), (360, 740)]
_LONG = "a very long name of a notebook that somebody has not thought about, really, at all"


@pytest.fixture
async def course(pages: Pages) -> AsyncIterator[Course]:
    async with running_course(pages) as running:
        for path in ("stats/week 1/means.ipynb", f"stats/{_LONG}.ipynb", "physics/a.ipynb"):
            file = pages.settings.data / "courses" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch()
        running.services.members = [
            member("subject-bob", "Bob Berg", "Instructor"),
            member("subject-ada", "Ada Lovelace"),
            member("subject-new", "Charles Babbage"),
        ]
        yield running


async def with_scores(course: Course) -> None:
    """One that arrived, one that waits, one that was not taken."""
    other = await course.arrive("ada", notebook=f"week 2/{_LONG}", link="link-2")
    last = await course.arrive("ada", notebook="week 3/variance", link="link-3")
    write, now = course.pages.store.write, course.pages.clock()
    for link, given in ((course.link, 8.0), (other, 66.6667), (last, 0.5)):
        await write(scores.add, link, NewScore(given, 100.0, "Well done", "bob"), now)
    first, second, _ = sorted(each.id for each in await course.scores())
    await write(scores.mark_sent, first, now)
    told = "Campus did not take it: it answered 403."
    await write(scores.put_off, second, told, until=None)


async def choosing(course: Course, **changes: Any) -> str:
    """Return the page on which a teacher chooses; its answer comes by a launch."""
    page = await lti_choosing.show_choice(
        Asked(course.pages),  # type: ignore[arg-type]
        course.platform,
        launch(course, **changes),
        course.pages.people["bob"],
    )
    return str(page.text)


async def show(tab: "Page", page: str) -> None:
    """Show a page's text as the front would, under its policy."""
    await tab.route(
        f"{ORIGIN}/lti/launch",
        lambda route: route.fulfill(
            body=page,
            content_type="text/html",
            headers={
                "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src "
                "'self'; img-src 'self'; connect-src 'self'; form-action 'self'"
            },
        ),
    )
    await tab.goto(f"{ORIGIN}/lti/launch")


async def is_for_everybody(tab: "Page") -> None:
    wide, shown = await tab.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert wide <= shown
    await tab.evaluate(_AXE)
    found = await tab.evaluate("axe.run(document)")
    problems = [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]]
    assert problems == []


@pytest.mark.parametrize(("size", "scheme"), list(zip(_SIZES, ["light", "dark"], strict=True)))
async def test_no_page_shuts_anybody_out(
    browser: "Browser", course: Course, scheme: str, size: tuple[int, int]
) -> None:
    await with_scores(course)
    viewport = {"width": size[0], "height": size[1]}
    complaints: list[str] = []

    def note(message: "ConsoleMessage") -> None:
        complaints.append(message.text)

    for who in ("ada", "bob"):
        tab = await open_as(browser, course.pages, who, color_scheme=scheme, viewport=viewport)
        tab.on("console", note)
        await tab.goto(f"{ORIGIN}/courses/stats")
        await tab.wait_for_selector("h1")
        await is_for_everybody(tab)
        assert complaints == []
    tab = await open_as(browser, course.pages, "bob", color_scheme=scheme, viewport=viewport)
    await show(tab, await choosing(course))
    await tab.click("summary >> nth=-1")
    await is_for_everybody(tab)


@pytest.mark.parametrize("has_scripts", [True, False])
async def test_a_choice_reaches_the_platform(
    browser: "Browser", course: Course, has_scripts: bool
) -> None:
    came: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def take(request: web.Request) -> web.Response:
        came.set_result(str((await request.post())["JWT"]))
        return web.Response(text="<h1>Taken</h1>", content_type="text/html")

    course.services.instead["return"] = take
    context = await browser.new_context(java_script_enabled=has_scripts)
    tab = await context.new_page()
    complaints: list[str] = []
    tab.on("console", lambda message: complaints.append(message.text))
    await show(tab, await choosing(course, takes_many=False))
    await tab.click("summary:has-text('stats')")
    await tab.check("[value='stats/week 1/means.ipynb']")
    await tab.click("text=Add to the course page")
    if not has_scripts:
        await tab.click("text=Go on")
    await tab.wait_for_selector("text=Taken")
    assert (await came).count(".") == 2
    assert complaints == []


async def test_a_grade_is_given_by_keyboard(browser: "Browser", course: Course) -> None:
    tab = await open_as(browser, course.pages, "bob")
    await tab.goto(f"{ORIGIN}/courses/stats")
    await tab.focus("[name=work]")
    await tab.keyboard.press("Tab")
    await tab.keyboard.type("7")
    await tab.keyboard.press("Tab")
    await tab.keyboard.press("Control+A")
    await tab.keyboard.type("10")
    await tab.keyboard.press("Enter")
    await tab.wait_for_selector("text=7 of 10")
    assert [score.new.given for score in await course.scores()] == [7.0]
