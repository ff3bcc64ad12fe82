"""What a notebook's page offers for its course, by clicking, in all three interfaces.

Front's pages are stood in for here: what they get, and what the notebook makes of what they did.
"""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Route, expect, sync_playwright

from proxy.core.course import Interface
from proxy.core.identity import SHARED
from proxy.core.launch_target import way_back
from tests.browser.interfaces import (
    COURSE,
    NOTEBOOK,
    ORIGINAL,
    CourseTab,
    darken,
    lighten,
    open_notebook,
    shows,
    text_on_disk,
    write_text,
)
from tests.browser.tab import PASSWORD
from tests.browser.test_first_five_minutes import _FLAGS, keep
from tests.conftest import CHROMIUM
from tests.system.installation import Installation

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

RESET, SHARE, PAGE = "Reset to Original…", "Share Read-Only View…", "Open Course Page"


class Pages:
    """Stands in for front's pages; `found` is what the file held when a page was asked for."""

    def __init__(self, running: Installation) -> None:
        self.running = running
        self.asked: list[str] = []
        self.found: list[str] = []

    def answer(self, route: Route) -> None:
        if route.request.method == "POST":
            write_text(self.running)
            route.fulfill(status=303, headers={"Location": way_back(SHARED)})
            return
        self.asked.append(route.request.url.removeprefix(self.running.front))
        self.found.append(text_on_disk(self.running))
        route.fulfill(
            content_type="text/html",
            headers={"Cross-Origin-Opener-Policy": "same-origin"},
            body='<form method="post"><button>Reset it</button></form>',
        )


@pytest.fixture(scope="module")
def running() -> Iterator[Installation]:
    settings = {"SIFU_ADMIN_PASSWORD": PASSWORD, "SIFU_AUTOSAVE_INTERVAL": "0"}
    with Installation(**settings) as installation:
        yield installation


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as driver:
        launched = driver.chromium.launch(executable_path=str(CHROMIUM), args=_FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport={"width": 1280, "height": 800})
    made.set_default_timeout(60_000)
    yield made
    made.close()


@pytest.fixture
def pages(running: Installation, context: BrowserContext) -> Pages:
    made = Pages(running)
    for path in ("courses", "snapshots"):
        context.route(f"{running.front}/{path}/**", made.answer)
    write_text(running)
    return made


@pytest.mark.parametrize("interface", Interface)
def test_what_was_typed_is_saved_before_a_reset_and_the_original_shown_after(
    pages: Pages, context: BrowserContext, interface: Interface
) -> None:
    tab = open_notebook(pages.running, context, interface)
    tab.type("mine = 1")
    tab.open_menu()
    keep(tab.page, f"menu-{interface.value}")
    with context.expect_page() as opened:
        tab.entry(RESET).click()
    window = opened.value
    window.get_by_role("button", name="Reset it").wait_for()
    (asked,) = pages.asked
    way = urlsplit(asked)
    assert way.path == f"/courses/{COURSE}/reset"
    assert parse_qs(way.query) == {
        "path": ["week 1/means.ipynb"],
        "server": [str(SHARED)],
        "window": ["1"],
    }
    assert pages.found == ["mine = 1"]

    window.get_by_role("button", name="Reset it").click()
    expect(shows(tab.page, "This is the original")).to_be_visible()
    expect(tab.cell).to_have_text(ORIGINAL)
    keep(tab.page, f"reset-{interface.value}")
    assert window.is_closed()
    tab.expect_unharmed()


@pytest.mark.parametrize("interface", Interface)
def test_a_view_is_shared_of_what_is_seen(
    pages: Pages, context: BrowserContext, interface: Interface
) -> None:
    tab = open_notebook(pages.running, context, interface)
    tab.type("shown = 1")
    with context.expect_page() as opened:
        tab.choose(SHARE)
    opened.value.get_by_role("button").wait_for()
    way = urlsplit(pages.asked[0])
    assert way.path == "/snapshots/new"
    asked = {"server": [str(SHARED)], "path": [NOTEBOOK], "window": ["1"]}
    assert parse_qs(way.query) == asked
    assert pages.found == ["shown = 1"]

    with context.expect_page() as opened:
        tab.choose(PAGE)
    opened.value.wait_for_url(f"{pages.running.front}/courses/{COURSE}")


def test_what_was_typed_after_the_window_opened_is_not_taken_away(
    pages: Pages, context: BrowserContext
) -> None:
    tab = open_notebook(pages.running, context, Interface.NOTEBOOK)
    with context.expect_page() as opened:
        tab.choose(RESET)
    window = opened.value
    window.get_by_role("button").wait_for()
    tab.type("typed later")
    window.get_by_role("button").click()
    window.wait_for_event("close")
    tab.page.wait_for_timeout(5000)  # longer than between two looks
    expect(tab.cell).to_have_text("typed later")
    tab.save()
    # JupyterLab asks which of the two is to stay.
    expect(tab.place.locator(".jp-Dialog")).to_be_visible()


def test_where_no_window_may_be_opened_a_link_is_offered(
    pages: Pages, context: BrowserContext
) -> None:
    tab = open_notebook(pages.running, context, Interface.LAB)
    tab.page.evaluate("window.open = () => null")
    for label, way in ((RESET, "Go on"), (SHARE, "Go on"), (PAGE, "Open it")):
        tab.choose(label)
        with context.expect_page() as opened:
            shows(tab.page, "did not let").get_by_role("link", name=way).click()
        opened.value.get_by_role("button").wait_for()
        opened.value.close()
    assert [urlsplit(each).path for each in pages.asked] == [
        f"/courses/{COURSE}/reset",
        "/snapshots/new",
        f"/courses/{COURSE}",
    ]


def test_what_could_not_be_saved_is_neither_shared_nor_reset(
    pages: Pages, context: BrowserContext
) -> None:
    tab = open_notebook(pages.running, context, Interface.NOTEBOOK)
    tab.type("unsaved = 1")
    file = pages.running.root / "notebooks" / NOTEBOOK
    file.unlink()
    file.mkdir()
    try:
        tab.choose(SHARE)
        expect(tab.place.locator(".jp-Dialog")).to_be_visible()
        keep(tab.page, "not-saved")
        tab.place.locator(".jp-Dialog button").last.click()
        tab.page.wait_for_timeout(1000)
        assert pages.asked == []
        assert len(context.pages) == 1
    finally:
        file.rmdir()


def test_what_makes_no_sense_is_not_offered(pages: Pages, context: BrowserContext) -> None:
    write_text(pages.running, path="alone.ipynb")
    (pages.running.root / "notebooks" / COURSE / "notes.txt").write_text("a")
    page = context.new_page()
    first = open_notebook(pages.running, context, Interface.LAB)
    first.page.close()
    origin = f"{pages.running.notebooks}/user/{SHARED}"
    for way, are_enabled in {
        "notebooks/alone.ipynb": (False, True, False),
        f"edit/{COURSE}/notes.txt": (True, False, True),
        f"tree/{COURSE}": (False, False, False),
        "lab?reset": (False, False, False),
    }.items():
        page.goto(f"{origin}/{way}")
        tab = CourseTab(pages.running, page, page)
        page.locator(".jp-FileEditor, .jp-Notebook, .jp-DirListing-item").first.wait_for()
        tab.open_menu()
        for label, is_enabled in zip((RESET, SHARE, PAGE), are_enabled, strict=True):
            classes = tab.entry(label).get_attribute("class") or ""
            assert ("lm-mod-disabled" not in classes) is is_enabled, (way, label)
        keep(page, f"offered-{way.partition('/')[0].partition('?')[0]}")


@pytest.mark.parametrize("interface", Interface)
def test_the_command_palette_has_them_too(
    pages: Pages, context: BrowserContext, interface: Interface
) -> None:
    darken(pages.running)
    try:
        tab = open_notebook(pages.running, context, interface)
        tab.open_menu()
        keep(tab.page, f"menu-{interface.value}-dark")
        tab.page.keyboard.press("Escape")
        tab.place.get_by_role("menuitem", name="View", exact=True).click()
        tab.entry("Activate Command Palette").click()
        tab.place.locator(".lm-CommandPalette-input").fill("read-only")
        keep(tab.page, f"palette-{interface.value}-dark")
        with context.expect_page() as opened:
            tab.place.locator(".lm-CommandPalette-item", has_text=SHARE).click()
        opened.value.get_by_role("button").wait_for()
    finally:
        lighten(pages.running)
