"""A hostile notebook in a real browser: nothing of it runs, asks or goes anywhere.

The same page without its bounds shows that each of them is needed: there the attack works.
"""

import re
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from proxy.web import keys
from tests.conftest import CHROMIUM
from tests.courses.notebooks import cell, hostile, notebook
from tests.web.page_front import ORIGIN, Pages
from tests.web.sharing import PATH, add_course, home, shared

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext, Dialog, Page, Route

pytestmark = pytest.mark.browser

_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic"]
_AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
_META = re.compile(r"<meta content=\"default-src[^>]*Content-Security-Policy\"/>")
# The page waits for what would come by itself: images, the refresh, scripts of theirs.
_WAIT = 1500


@dataclass
class Watched:
    """What a tab did."""

    tab: "Page"
    dialogs: list[str] = field(default_factory=list)

    async def open(self, address: str) -> None:
        self.tab.on("dialog", self._dismiss)
        await self.tab.goto(address, wait_until="commit")
        await self.tab.wait_for_timeout(_WAIT)

    async def _dismiss(self, dialog: "Dialog") -> None:
        self.dialogs.append(dialog.message)
        with suppress(Exception):  # the tab may be gone
            await dialog.dismiss()


@pytest.fixture
async def context(pages: Pages) -> AsyncIterator["BrowserContext"]:
    """A browser in which ada is signed in."""
    from playwright.async_api import async_playwright

    home(pages)
    (home(pages) / PATH).write_bytes(hostile())
    pages.app[keys.SNAPSHOTS]._files._spare = 0
    async with async_playwright() as driver:
        opened = await driver.chromium.launch(executable_path=str(CHROMIUM), args=_ARGUMENTS)
        context = await opened.new_context()
        cookie = {"name": "sifu", "value": pages.secrets["ada"], "url": ORIGIN}
        await context.add_cookies([cookie])  # type: ignore[list-item]
        yield context
        await opened.close()


def arrived(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Return what the front was asked since the last look; what a browser blocked never came."""
    return re.findall(r"front\.request .*?path=\x27?(.*?)\x27? request_id", capsys.readouterr().out)


async def test_nothing_of_a_hostile_notebook_runs_asks_or_leads_away(
    pages: Pages, context: "BrowserContext", capsys: pytest.CaptureFixture[str]
) -> None:
    made = await shared(pages)
    address = f"{ORIGIN}/snapshots/{made.token}"
    capsys.readouterr()
    watched = Watched(await context.new_page())
    await watched.open(address)
    for chosen in ("#script-link", "#trap"):
        for each in await watched.tab.locator(chosen).all():
            await each.click(force=True, no_wait_after=True, timeout=2000)
    await watched.tab.wait_for_timeout(_WAIT)
    # No picture, style, frame, form or script of ours or theirs.
    assert arrived(capsys) == ["/snapshots/…"]
    assert watched.dialogs == []
    assert watched.tab.url == address
    assert [each.url for each in context.pages] == [address]


@pytest.mark.parametrize("bound", ["of the answer", "of the page", "none"])
async def test_each_bound_holds_alone_and_without_any_the_attack_works(
    pages: Pages, context: "BrowserContext", capsys: pytest.CaptureFixture[str], bound: str
) -> None:
    made = await shared(pages)
    got = await pages.ask("GET", f"/snapshots/{made.token}")
    body, found = _META.subn("", got.text)
    assert found == 1
    policy = got.headers["Content-Security-Policy"] if bound == "of the answer" else "img-src *"

    async def answer(route: "Route") -> None:
        await route.fulfill(
            body=got.text if bound == "of the page" else body,
            headers={"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": policy},
        )

    await context.route("**/shown", answer)
    capsys.readouterr()
    watched = Watched(await context.new_page())
    await watched.open(f"{ORIGIN}/shown")
    assert ("/api/me" in arrived(capsys)) == (bound == "none")
    assert bool(watched.dialogs) == (bound == "none")


async def test_a_teachers_look_is_bound_alike(
    pages: Pages, context: "BrowserContext", capsys: pytest.CaptureFixture[str]
) -> None:
    await add_course(pages, teacher="ada", student="bob")
    (home(pages, "bob") / PATH).write_bytes(hostile())
    address = f"{ORIGIN}/courses/stats/people/bob/files/week%201/means.ipynb"
    capsys.readouterr()
    watched = Watched(await context.new_page())
    await watched.open(address)
    assert arrived(capsys) == ["/courses/stats/people/bob/files/week 1/means.ipynb"]
    assert watched.dialogs == []
    back = watched.tab.get_by_text("Files of bob").first
    await back.click()
    await watched.tab.wait_for_url("**/files/week%201")
    assert await watched.tab.locator("text=means.ipynb").count()  # the way back works


async def test_a_link_opens_a_page_with_rights_of_its_own(
    pages: Pages, context: "BrowserContext"
) -> None:
    link = f'<a id="out" target="_blank" href="{ORIGIN}/snapshots">What I share</a>'
    (home(pages) / PATH).write_bytes(notebook(cell("markdown", link)))
    made = await shared(pages)
    tab = await context.new_page()
    await tab.goto(f"{ORIGIN}/snapshots/{made.token}")
    async with context.expect_page() as opening:
        await tab.locator("#out").click()
    opened = await opening.value
    await opened.wait_for_load_state()
    assert await opened.evaluate("self.origin") == ORIGIN
    assert await opened.evaluate("opener") is None


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (360, "dark")])
async def test_no_page_shuts_anybody_out(
    pages: Pages, context: "BrowserContext", width: int, scheme: str
) -> None:
    await add_course(pages, teacher="ada", student="bob")
    (home(pages, "bob") / "stats" / "notes.py").write_text("x = 1\n" * 200)
    await shared(pages)
    tab = await context.new_page()
    await tab.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    await tab.set_viewport_size({"width": width, "height": 800})
    complaints: list[str] = []
    tab.on("console", lambda message: complaints.append(message.text))
    for path in (
        f"/snapshots/new?path={PATH}",
        "/snapshots",
        "/snapshots?made=1",
        "/snapshots?made=1&window=1",
        "/courses/stats/people/bob/files",
        "/courses/stats/people/bob/files/notes.py",
    ):
        await tab.goto(ORIGIN + path)
        wide, visible = await tab.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert wide <= visible, path
        await tab.evaluate(_AXE)
        found = await tab.evaluate("axe.run(document)")
        problems = [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]]
        assert problems == [], path
    assert complaints == []


async def test_without_scripts_one_shares_copies_and_deletes(
    pages: Pages, context: "BrowserContext"
) -> None:
    browser = context.browser
    assert browser is not None
    plain = await browser.new_context(java_script_enabled=False)
    await plain.add_cookies(await context.cookies())  # type: ignore[arg-type]
    tab = await plain.new_page()
    await tab.goto(f"{ORIGIN}/snapshots/new?path={PATH}")
    await tab.fill("input[name=title]", "What I found")
    await tab.select_option("select", "week")
    await tab.click("text=Share it", timeout=60_000)
    link = await tab.input_value("#link", timeout=60_000)
    assert (await pages.ask_bare("GET", link.removeprefix(ORIGIN))).status == 200
    await tab.goto(f"{ORIGIN}/snapshots")
    await tab.click("button:has-text('Delete')")
    await tab.wait_for_selector("text=You share nothing")
    assert (await pages.ask_bare("GET", link.removeprefix(ORIGIN))).status == 404
