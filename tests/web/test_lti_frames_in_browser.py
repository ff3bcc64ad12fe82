"""Launches over https in frames, in a browser that blocks the cookies of third parties.

The platform is `lms.test`, the front `sifu.test`: two sites. Cookies that are `Partitioned` are
kept.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

import pytest
from sqlalchemy import select

from proxy.core.cookies import format_cookie
from proxy.core.lifecycle import State
from proxy.core.sign_in_flow import LIFETIME
from proxy.store.database import Store
from proxy.store.tables import sessions
from proxy.web import lti_login
from tests.conftest import CHROMIUM, FakeClock
from tests.web.lti_platform import FakePlatform, running_platform
from tests.web.page_front import NOTEBOOK_PORT, PORT, Pages, run_pages
from tests.web.test_lti_in_browser import ANN, ARGUMENTS, notebook
from tests.web.tls import make_context, served_over_tls

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext, Page

pytestmark = pytest.mark.browser

__all__ = ["notebook"]
FRONT_PORT, OTHER_PORT = 13520, 13521
FRONT = f"https://sifu.test:{FRONT_PORT}"
NOTEBOOKS = f"https://notebooks.sifu.test:{OTHER_PORT}"
BLOCKING = [
    "--test-third-party-cookie-phaseout",
    "--host-resolver-rules=MAP *.test 127.0.0.1",
    "--ignore-certificate-errors",
]


@dataclass
class Course:
    """A course page on https."""

    pages: Pages
    platform: FakePlatform
    context: "BrowserContext"
    tab: "Page"
    address: str

    async def show(self) -> None:
        self.pages.server_is(State.READY, ANN)
        await self.tab.goto(f"{self.address}/course")

    async def sees(self, number: int, text: str) -> None:
        frame = self.tab.frame_locator(f"iframe[name=link{number}]")
        await frame.get_by_text(text).wait_for()

    async def all_sessions(self) -> list[float | None]:
        """Return when each session of a launch was ended, the first one's first."""
        wanted = (
            select(sessions.c.ended).where(sessions.c.user_id > 3).order_by("created", "user_id")
        )
        return await self.pages.store.read(lambda c: list(c.execute(wanted).scalars()))

    async def open_sessions(self) -> int:
        """Count those that are open."""
        return (await self.all_sessions()).count(None)

    async def cookie_names(self) -> list[str]:
        """Return the names of the front's cookies in this browser."""
        return [each.get("name", "") for each in await self.context.cookies(FRONT)]


@pytest.fixture
async def course(
    store: Store, clock: FakeClock, tmp_path: Path, notebook: None
) -> AsyncIterator[Course]:
    from playwright.async_api import async_playwright

    context = make_context(tmp_path)
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        platform = await enter(running_platform(clock, f"{FRONT}/lti/launch"))
        port = await enter(served_over_tls(context, urlsplit(platform.address).port or 0))
        address = f"https://lms.test:{port}"
        pages = await enter(
            run_pages(
                store,
                clock,
                tmp_path,
                front_url=FRONT,
                notebook_url=NOTEBOOKS,
                lms_origins=(address,),
            )
        )
        await enter(served_over_tls(context, PORT, FRONT_PORT))
        await enter(served_over_tls(context, NOTEBOOK_PORT, OTHER_PORT))
        await platform.register(store, authorization=f"{address}/authorize")
        driver = await enter(async_playwright())
        browser = await driver.chromium.launch(
            executable_path=str(CHROMIUM), args=[*ARGUMENTS, *BLOCKING]
        )
        window = await browser.new_context(ignore_https_errors=True)
        yield Course(pages, platform, window, await window.new_page(), address)
        await browser.close()


@pytest.mark.parametrize("storage", ["", "_parent"])
async def test_two_notebooks_open_in_one_page_and_one_session(course: Course, storage: str) -> None:
    course.platform.links, course.platform.storage = 2, storage
    await course.show()
    for number in range(2):
        await course.sees(number, "Inside")
    names = await course.cookie_names()
    assert names.count("__Host-sifu") == 1
    # The ways are taken away again, but for the trial whether cookies are kept at all.
    assert {name for name in names if "flow" in name} <= {"__Host-sifu-flow-try"}


async def test_a_second_visit_goes_on_in_the_session(course: Course) -> None:
    await course.show()
    await course.sees(0, "Inside")
    assert await course.open_sessions() == 1
    course.pages.clock.advance(LIFETIME)
    await course.show()
    await course.sees(0, "Inside")
    assert await course.open_sessions() == 1


async def test_a_friend_on_the_same_browser_is_somebody_else(course: Course) -> None:
    await course.show()
    await course.sees(0, "Inside")
    first = await course.context.cookies(FRONT)
    course.platform.person = "person-2"
    await course.tab.goto(f"{course.address}/course")
    # A person of their own, whose server is not the first one's and not running yet.
    await course.sees(0, "Starting the server")
    assert await course.context.cookies(FRONT) != first
    assert await course.open_sessions() == 1


async def test_a_window_goes_on_in_its_session_and_a_friend_ends_it(course: Course) -> None:
    course.pages.server_is(State.READY, ANN)
    login = f"{FRONT}/lti/login?{urlencode(course.platform.login())}"
    for _ in range(2):
        await course.tab.goto(login)
        await course.tab.wait_for_selector("text=Inside")
    names = await course.cookie_names()
    assert names.count("__Host-sifu") == 1
    assert not [name for name in names if "flow" in name]
    assert await course.all_sessions() == [None]
    course.platform.person = "person-2"
    await course.tab.goto(login)
    await course.tab.wait_for_selector("text=Starting the server")
    first, second = await course.all_sessions()
    assert first is not None
    assert second is None


async def test_this_browser_keeps_nothing_that_is_not_partitioned(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unpartitioned(*args: Any, **named: Any) -> str:
        return format_cookie(*args, **named).replace("; Partitioned", "")

    monkeypatch.setattr(lti_login, "format_cookie", unpartitioned)
    await course.show()
    await course.sees(0, "In a window of its own it works.")
