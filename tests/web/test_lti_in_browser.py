"""Launches in a browser that keeps no cookies in frames: by the platform's storage, or a window.

The platform is `localhost`, the front `127.0.0.1`: two sites, both without TLS, so that no cookie
of the front is kept in the platform's page.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from aiohttp import web

from proxy.core.identity import ServerName
from proxy.core.lifecycle import State
from proxy.core.slugs import make_slug
from proxy.store import platforms, users
from proxy.store.database import Store
from tests.conftest import CHROMIUM, FakeClock
from tests.web.lti_platform import FakePlatform, running_platform
from tests.web.page_front import NOTEBOOK_PORT, ORIGIN, Pages, run_pages

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext, FrameLocator, Page

pytestmark = pytest.mark.browser

ANN = ServerName(make_slug("Ann Lee"), "home")
# Frames of another site in the page's own process: where they change processes while they are
# sent to and fro, what drives the browser sometimes loses sight of one. Cookies are not affected.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--disable-site-isolation-trials",
    "--disable-features=IsolateOrigins,site-per-process",
]


@dataclass
class Visit:
    """A course page in a browser, and what the browser complained of."""

    pages: Pages
    platform: FakePlatform
    context: "BrowserContext"
    tab: "Page"
    complaints: list[str] = field(default_factory=list)

    async def open_course(self) -> "FrameLocator":
        """Show the course page; return its first frame."""
        self.pages.server_is(State.READY, ANN)
        await self.tab.goto(f"{self.platform.address}/course")
        return self.tab.frame_locator("iframe[name=link0]")

    async def press(self, frame: "FrameLocator") -> "Page":
        """Press the one button; return the window that it opens."""
        async with self.context.expect_page() as opened:
            await frame.locator(".primary").click()
        return await opened.value


@pytest.fixture
async def notebook() -> AsyncIterator[None]:
    """Stands for the relay: says that it was reached."""

    async def enter(_: web.Request) -> web.Response:
        text = '<link rel="icon" href="data:,"><h1>Inside</h1>'
        return web.Response(text=text, content_type="text/html")

    app = web.Application()
    app.router.add_get("/-/enter", enter)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", NOTEBOOK_PORT).start()
    yield
    await runner.cleanup()


@pytest.fixture
async def visit(
    store: Store, clock: FakeClock, tmp_path: Path, notebook: None
) -> AsyncIterator[Visit]:
    from playwright.async_api import async_playwright

    async with (
        running_platform(clock, f"{ORIGIN}/lti/launch", host="localhost") as platform,
        run_pages(store, clock, tmp_path, lms_origins=(platform.address,)) as pages,
        async_playwright() as driver,
    ):
        await platform.register(store)
        browser = await driver.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        context = await browser.new_context()
        visit = Visit(pages, platform, context, await context.new_page())
        visit.tab.on("pageerror", lambda error: visit.complaints.append(str(error)))
        visit.tab.on("console", lambda message: visit.complaints.append(message.text))
        yield visit
        await browser.close()


async def test_what_the_platform_kept_brings_the_browser_in(visit: Visit) -> None:
    visit.platform.storage = "_parent"
    frame = await visit.open_course()
    await frame.get_by_text("You are here as Ann Lee").wait_for()
    window = await visit.press(frame)
    await window.wait_for_selector("text=Inside")
    assert visit.complaints == []


async def test_two_frames_keep_two_secrets(visit: Visit) -> None:
    visit.platform.storage, visit.platform.links = "_parent", 2
    await visit.open_course()
    for number in range(2):
        frame = visit.tab.frame_locator(f"iframe[name=link{number}]")
        await frame.get_by_text("You are here as Ann Lee").wait_for()
        window = await visit.press(frame)
        await window.wait_for_selector("text=Inside")
    people = await visit.pages.store.read(users.list_all)
    assert [each.name for each in people if each.name.startswith("Ann")] == ["Ann Lee"]


async def test_a_frame_of_the_platforms_page_may_keep_it(visit: Visit) -> None:
    visit.platform.storage = "post_message_forwarding"
    frame = await visit.open_course()
    await frame.get_by_text("You are here as Ann Lee").wait_for()


async def test_a_frame_that_is_not_there_keeps_nothing(visit: Visit) -> None:
    visit.platform.storage, visit.platform.does_store = "post_message_forwarding", False
    frame = await visit.open_course()
    await frame.get_by_text("In a window of its own it works.").wait_for()


async def test_a_page_of_another_origin_is_told_nothing(visit: Visit) -> None:
    visit.platform.storage = "_parent"
    elsewhere = visit.platform.address.replace("localhost", "127.0.0.1")
    entry = visit.platform.entry(authorization=f"{elsewhere}/authorize")
    await visit.pages.store.write(platforms.replace, 1, entry)
    frame = await visit.open_course()
    await frame.get_by_text("In a window of its own it works.").wait_for()
    assert await visit.tab.evaluate("Object.keys(kept).length") == 0


async def test_what_was_not_kept_after_all_is_said_in_the_frame(visit: Visit) -> None:
    visit.platform.storage, visit.platform.does_forget = "_parent", True
    frame = await visit.open_course()
    await frame.get_by_text("Reload the course page and try once more.").wait_for()
    assert await visit.pages.store.read(users.find, "Ann Lee") is None


async def test_without_storage_the_window_is_offered_before_the_platform_is_asked(
    visit: Visit,
) -> None:
    frame = await visit.open_course()
    await frame.get_by_text("In a window of its own it works.").wait_for()
    window = await visit.press(frame)
    await window.wait_for_selector("text=Inside")
    assert visit.complaints == []


async def test_a_platform_that_promised_storage_and_has_none(visit: Visit) -> None:
    visit.platform.storage, visit.platform.does_store = "_parent", False
    frame = await visit.open_course()
    await frame.get_by_text("In a window of its own it works.").wait_for()
    window = await visit.press(frame)
    await window.wait_for_selector("text=Inside")


async def test_a_launch_in_a_window_of_its_own_goes_straight_in(visit: Visit) -> None:
    frame = await visit.open_course()
    address = await frame.locator(".primary").get_attribute("href")
    await visit.tab.goto(f"{ORIGIN}{address}")
    await visit.tab.wait_for_selector("text=Inside")
