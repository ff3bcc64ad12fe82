"""What only a browser can say: the policy holds, the script leads into the notebook."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from aiohttp import web

from proxy.core.identity import ServerName
from proxy.core.lifecycle import State
from proxy.core.progress import Progress
from tests.auth.people import PASSWORD
from tests.conftest import CHROMIUM
from tests.web.page_front import NOTEBOOK_PORT, ORIGIN, Pages

if TYPE_CHECKING:
    from playwright.async_api import Dialog, Page

pytestmark = pytest.mark.browser

_INSIDE = '<link rel="icon" href="data:,"><h1>Inside</h1>'
_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic"]


@dataclass
class Visit:
    """A browser's tab, and everything it complained of."""

    tab: "Page"
    complaints: list[str] = field(default_factory=list)

    async def sign_in(self, way_on: str = "/") -> None:
        await self.tab.goto(f"{ORIGIN}{way_on}")
        await self.tab.fill("[name=name]", "ada")
        await self.tab.fill("[name=password]", PASSWORD)
        await self.tab.click("main button")


@pytest.fixture
async def notebook() -> AsyncIterator[None]:
    """Stands for the relay: says which way in it was given."""

    async def enter(_: web.Request) -> web.Response:
        return web.Response(text=_INSIDE, content_type="text/html")

    app = web.Application()
    app.router.add_get("/-/enter", enter)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", NOTEBOOK_PORT).start()
    yield
    await runner.cleanup()


@pytest.fixture
async def visits(pages: Pages) -> AsyncIterator[Callable[[bool], Awaitable[Visit]]]:
    """Open tabs, with scripts or without."""
    # Not at the top: where it is missing these tests are skipped, or fail, one by one (conftest).
    from playwright.async_api import async_playwright

    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=str(CHROMIUM), args=_ARGUMENTS)

        async def open_tab(has_scripts: bool) -> Visit:
            context = await browser.new_context(java_script_enabled=has_scripts)
            visit = Visit(await context.new_page())
            visit.tab.on("console", lambda message: visit.complaints.append(message.text))
            visit.tab.on("pageerror", lambda error: visit.complaints.append(str(error)))
            return visit

        yield open_tab
        await browser.close()


@pytest.mark.parametrize("has_scripts", [True, False])
async def test_signing_in_leads_into_the_notebook_of_another_origin(
    visits: Callable[[bool], Awaitable[Visit]], pages: Pages, notebook: None, has_scripts: bool
) -> None:
    pages.server_is(State.READY)
    visit = await visits(has_scripts)
    await visit.sign_in("/open/ada/home/lab")
    await visit.tab.wait_for_selector("text=Inside")
    assert visit.complaints == []


async def test_a_script_shows_the_steps_and_goes_on(
    visits: Callable[[bool], Awaitable[Visit]], pages: Pages, notebook: None
) -> None:
    go_on = asyncio.Event()

    async def progress(_: object) -> AsyncIterator[Progress]:
        yield Progress(State.STARTING, "Waiting until it answers", 50)
        await go_on.wait()
        pages.server_is(State.READY)
        yield Progress(State.READY, "Ready", 100)

    pages.manager.progress = progress  # type: ignore[method-assign, assignment]
    visit = await visits(True)
    await visit.sign_in("/open/ada/home/lab/tree/a.ipynb")
    await visit.tab.wait_for_selector("text=Waiting until it answers")
    assert await visit.tab.eval_on_selector("progress", "bar => bar.value") == 50
    go_on.set()
    await visit.tab.wait_for_selector("text=Inside")
    assert pages.manager.starts == [ServerName("ada", "home")]
    assert visit.complaints == []


async def test_a_failure_is_shown_and_can_be_tried_again(
    visits: Callable[[bool], Awaitable[Visit]], pages: Pages, notebook: None
) -> None:
    async def progress(_: object) -> AsyncIterator[Progress]:
        name = pages.server_is(State.FAILED, reason="It fell over.")
        if len(pages.manager.starts) > 1:
            pages.server_is(State.READY, name)
            yield Progress(State.READY, "Ready", 100)
        yield Progress(State.FAILED, "It fell over.", 100, ("a line <b>of</b> the log",))

    pages.manager.progress = progress  # type: ignore[method-assign, assignment]
    visit = await visits(True)
    await visit.sign_in("/start/ada/home")
    await visit.tab.wait_for_selector("text=It fell over.")
    assert await visit.tab.inner_text("pre") == "a line <b>of</b> the log"
    await visit.tab.click("text=Try again")
    await visit.tab.wait_for_selector("text=Inside")
    assert visit.complaints == []


async def test_without_scripts_a_button_starts_and_the_page_asks_again(
    visits: Callable[[bool], Awaitable[Visit]], pages: Pages, notebook: None
) -> None:
    visit = await visits(False)
    await visit.sign_in("/")
    await visit.tab.click("main button")
    await visit.tab.wait_for_selector("text=Starting the server")
    assert pages.manager.starts == [ServerName("ada", "home")]
    pages.server_is(State.READY)
    await visit.tab.wait_for_selector("text=Inside", timeout=10_000)
    assert visit.complaints == []


async def test_a_stop_is_asked_about_first(
    visits: Callable[[bool], Awaitable[Visit]], pages: Pages
) -> None:
    name = pages.server_is(State.READY)
    visit = await visits(True)
    questions: list[str] = []

    async def answer(dialog: "Dialog") -> None:
        questions.append(dialog.message)
        await (dialog.accept() if len(questions) > 1 else dialog.dismiss())

    visit.tab.on("dialog", answer)
    await visit.sign_in("/")
    await visit.tab.click("text=Stop")
    assert pages.manager.records[name].state is State.READY
    await visit.tab.click("text=Stop")
    await visit.tab.wait_for_selector("text=Stopped")
    assert pages.manager.records[name].state is State.STOPPED
    assert "files stay" in questions[0]


async def test_pages_fit_a_phone(visits: Callable[[bool], Awaitable[Visit]], pages: Pages) -> None:
    pages.server_is(State.FAILED, reason="x" * 200)
    visit = await visits(True)
    await visit.tab.set_viewport_size({"width": 360, "height": 700})
    await visit.sign_in("/")
    for path in ("/", "/start/ada/home", "/sign-out", "/nothing"):
        await visit.tab.goto(ORIGIN + path)
        widths = "[document.documentElement.scrollWidth, innerWidth]"
        wide, shown = await visit.tab.evaluate(widths)
        assert wide <= shown, path


@pytest.mark.parametrize("path", ["/open", "/open/", "/open/ada/home"])
async def test_a_planted_cookie_is_told_of_and_gone_at_the_next_try(
    visits: Callable[[bool], Awaitable[Visit]], pages: Pages, notebook: None, path: str
) -> None:
    pages.server_is(State.READY)
    visit = await visits(True)
    await visit.sign_in("/")
    await visit.tab.goto(f"http://127.0.0.1:{NOTEBOOK_PORT}/-/enter")
    await visit.tab.evaluate("path => { document.cookie = 'sifu=x; path=' + path }", path)
    told = await visit.tab.goto(f"{ORIGIN}/open/ada/home/lab")
    assert told is not None
    assert told.status == 400
    await visit.tab.goto(f"{ORIGIN}/open/ada/home/lab")
    await visit.tab.wait_for_selector("text=Inside")
