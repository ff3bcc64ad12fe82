"""What only a browser can say of the home and admin pages: for everybody, by keyboard, live."""

import hashlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from proxy.core.events import EventKind
from proxy.core.identity import ServerName
from proxy.core.lifecycle import State
from proxy.core.limits import Usage
from proxy.web import keys
from tests.conftest import CHROMIUM
from tests.web.page_front import ORIGIN, Pages

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

pytestmark = pytest.mark.browser

_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic"]
_VENDOR = Path(__file__).parent / "vendor"
_AXE = (_VENDOR / "axe.min.js").read_text()
_PATHS = [
    "/",
    "/admin",
    "/admin/servers?all=1",
    "/admin/users",
    "/admin/platforms",
    "/admin/events",
    "/sign-out",
]
BOB = ServerName("bob", "home")


@pytest.fixture
async def browser() -> AsyncIterator["Browser"]:
    from playwright.async_api import async_playwright

    async with async_playwright() as driver:
        opened = await driver.chromium.launch(executable_path=str(CHROMIUM), args=_ARGUMENTS)
        yield opened
        await opened.close()


@pytest.fixture
def filled(pages: Pages) -> Pages:
    """Servers in every state, somebody's message, and something that happened."""
    pages.server_is(State.READY, started=pages.clock() - 7200, last_activity=pages.clock())
    pages.server_is(State.FAILED, BOB, reason="It used more memory than it may.")
    pages.server_is(State.QUEUED, ServerName("root", "home"), place=1)
    pages.manager.used[ServerName("ada", "home")] = Usage(2**28, 1.0, 3, pages.clock())
    pages.app[keys.EVENTS].note(EventKind.SIGNED_IN, user="ada", about={"way": "link"})
    pages.app[keys.LIVE]._pause = 0.1
    return pages


async def open_as(browser: "Browser", pages: Pages, who: str, **options: Any) -> "Page":
    context = await browser.new_context(**options)
    cookie = {"name": "sifu", "value": pages.secrets[who], "url": ORIGIN}
    await context.add_cookies([cookie])  # type: ignore[list-item]
    return await context.new_page()


def test_what_is_vendored_is_what_it_says() -> None:
    for name, told in json.loads((_VENDOR / "vendor.json").read_text()).items():
        assert hashlib.sha256((_VENDOR / name).read_bytes()).hexdigest() == told["sha256"]


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (360, "dark")])
async def test_no_page_shuts_anybody_out(
    browser: "Browser", filled: Pages, scheme: str, width: int
) -> None:
    viewport = {"width": width, "height": 800}
    tab = await open_as(
        browser, filled, "root", color_scheme=scheme, viewport=viewport, reduced_motion="reduce"
    )
    complaints: list[str] = []
    tab.on("console", lambda message: complaints.append(message.text))
    for path in _PATHS:
        await tab.goto(ORIGIN + path)
        wide, shown = await tab.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert wide <= shown, path
        await tab.evaluate(_AXE)
        found = await tab.evaluate("axe.run(document)")
        problems = [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]]
        assert problems == [], path
    assert complaints == []  # the content security policy among others


async def test_every_control_is_reached_by_tab_and_seen(browser: "Browser", filled: Pages) -> None:
    tab = await open_as(browser, filled, "root")
    for path in _PATHS:
        await tab.goto(ORIGIN + path)
        wanted = await tab.evaluate(
            "[...document.querySelectorAll('a[href], button, input:not([type=hidden]), select,"
            " summary')].filter(each => each.checkVisibility()).length"
        )
        reached = 0
        for _ in range(3 * wanted + 5):
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


async def test_a_menu_is_opened_used_and_left_by_keyboard(
    browser: "Browser", filled: Pages
) -> None:
    tab = await open_as(browser, filled, "root")
    await tab.goto(f"{ORIGIN}/admin/users")
    menu = tab.locator("tr[data-key=ada] details")
    await menu.locator("summary").focus()
    await tab.keyboard.press("Enter")
    assert await menu.get_attribute("open") is not None
    await tab.keyboard.press("Escape")
    assert await menu.get_attribute("open") is None
    assert await tab.evaluate("document.activeElement.textContent") == "Change"


async def test_what_changes_is_shown_without_taking_the_focus(
    browser: "Browser", filled: Pages
) -> None:
    tab = await open_as(browser, filled, "root")
    await tab.goto(f"{ORIGIN}/admin/servers?all=1")
    stop = tab.locator("tr[data-key='ada/home'] button")
    await stop.focus()
    filled.server_is(State.READY, BOB)
    filled.app[keys.OBSERVATORY].forget()
    await tab.wait_for_selector("tr[data-key='bob/home'] .state.ready")
    focused = await tab.evaluate("document.activeElement.closest('tr').dataset.key")
    assert focused == "ada/home"


async def test_a_log_that_was_unfolded_stays_so_and_is_fresh(
    browser: "Browser", filled: Pages
) -> None:
    tab = await open_as(browser, filled, "ada")
    await tab.goto(ORIGIN)
    filled.manager.log = ("a new line",)
    await tab.click("summary:has-text('Last lines')")
    await tab.wait_for_selector("pre:has-text('a new line')")
    await filled.app[keys.NOTICES].post("At 18:00")
    await tab.wait_for_selector(".banner:has-text('At 18:00')")
    assert await tab.is_visible("pre:has-text('a new line')")


async def test_without_scripts_a_server_is_started_and_stopped(
    browser: "Browser", filled: Pages
) -> None:
    tab = await open_as(browser, filled, "root", java_script_enabled=False)
    await tab.goto(f"{ORIGIN}/admin/servers?all=1")
    await tab.click("tr[data-key='bob/home'] button")
    assert filled.manager.starts == [BOB]
    await tab.click("tr[data-key='ada/home'] button")
    assert filled.manager.records[ServerName("ada", "home")].state is State.STOPPED
    assert tab.url == f"{ORIGIN}/admin/servers?all=1"
