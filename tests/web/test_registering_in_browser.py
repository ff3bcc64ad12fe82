"""What only a browser can say of a registration: the frame, the window, the clipboard."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from aiohttp import web

from proxy.core.credentials import hash_secret
from proxy.store import platform_invitations, platforms
from proxy.store.platform_invitations import Invitation
from tests.auth.registering_platform import RegisteringPlatform, running_registering_platform
from tests.conftest import CHROMIUM
from tests.web.page_front import ORIGIN, Pages

if TYPE_CHECKING:
    from playwright.async_api import Browser

pytestmark = pytest.mark.browser

_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic"]
_AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
_HEARD = '<script>heard = []; addEventListener("message", (e) => heard.push(e.data))</script>'
_CLOSE = {"subject": "org.imsglobal.lti.close"}


@pytest.fixture
async def browser() -> AsyncIterator["Browser"]:
    from playwright.async_api import async_playwright

    async with async_playwright() as driver:
        opened = await driver.chromium.launch(executable_path=str(CHROMIUM), args=_ARGUMENTS)
        yield opened
        await opened.close()


@pytest.fixture
async def platform() -> AsyncIterator[RegisteringPlatform]:
    async with running_registering_platform() as running:
        yield running


@pytest.fixture
async def registration(pages: Pages, platform: RegisteringPlatform) -> str:
    """Return the address that the platform's page opens."""
    invitation = Invitation(hash_secret("invited"), "Moodle", pages.clock() + 86400)
    await pages.store.write(platform_invitations.add, invitation, pages.clock())
    return f"{ORIGIN}/lti/register?invite=invited&openid_configuration={platform.address}"


@pytest.fixture
async def elsewhere(registration: str) -> AsyncIterator[str]:
    """The platform's own page, of another site: with a frame, or at `/bare` without."""

    async def show(request: web.Request) -> web.Response:
        frame = "" if request.path == "/bare" else f'<iframe src="{registration}"></iframe>'
        icon = '<link rel="icon" href="data:,">'
        return web.Response(text=icon + _HEARD + frame, content_type="text/html")

    app = web.Application()
    app.router.add_get("/{name:.*}", show)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.2", 0).start()
    yield f"http://127.0.0.2:{runner.addresses[0][1]}"
    await runner.cleanup()


async def test_in_the_platforms_frame_it_registers_and_says_that_it_is_done(
    browser: "Browser", pages: Pages, elsewhere: str
) -> None:
    tab = await browser.new_page()
    complaints: list[str] = []
    tab.on("console", lambda message: complaints.append(message.text))
    await tab.goto(f"{elsewhere}/")
    frame = tab.frames[1]
    await frame.click("main button")
    await frame.click("[data-close]:visible")
    await tab.wait_for_function("heard.length")
    assert await tab.evaluate("heard") == [_CLOSE]
    assert len(await pages.store.read(platforms.list_all)) == 1
    assert not complaints


async def test_a_window_that_the_platform_opened_tells_it_and_closes(
    browser: "Browser", elsewhere: str, registration: str
) -> None:
    tab = await browser.new_page()
    await tab.goto(f"{elsewhere}/bare")
    async with tab.expect_popup() as opened:
        await tab.evaluate("(address) => { window.open(address) }", registration)
    window = await opened.value
    await window.click("main button")
    async with window.expect_event("close"):
        await window.click("[data-close]:visible")
    assert await tab.evaluate("heard") == [_CLOSE]


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (360, "dark")])
async def test_no_step_shuts_anybody_out(
    browser: "Browser", registration: str, scheme: str, width: int
) -> None:
    context = await browser.new_context(
        color_scheme="dark" if scheme == "dark" else "light",
        viewport={"width": width, "height": 700},
    )
    tab = await context.new_page()
    for step in ("paste", "ask", "done"):
        if step == "paste":
            await tab.goto(registration.partition("&")[0])
        elif step == "ask":
            await tab.goto(registration)
        else:
            await tab.click("main button")
            await tab.wait_for_selector("[data-close]:visible")
        wide, shown = await tab.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert wide <= shown, step
        await tab.evaluate(_AXE)
        found = await tab.evaluate("axe.run().then((all) => all.violations.map((one) => one.id))")
        assert found == [], step


async def test_an_address_is_copied_by_its_button(browser: "Browser", pages: Pages) -> None:
    context = await browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    cookie = {"name": "sifu", "value": pages.secrets["root"], "url": ORIGIN}
    await context.add_cookies([cookie])  # type: ignore[list-item]
    tab = await context.new_page()
    await tab.goto(f"{ORIGIN}/admin/platforms")
    await tab.click("button[data-copies=address-2]")
    await tab.wait_for_selector("button:has-text('Copied')")
    assert await tab.evaluate("navigator.clipboard.readText()") == f"{ORIGIN}/lti/launch"
