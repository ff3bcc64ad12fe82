"""The menu of a notebook with front's own pages behind it: reset, shared, and the course's page."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect, sync_playwright

from proxy.core.course import Course, Interface
from proxy.courses.places import CoursePlaces
from proxy.store import courses
from proxy.store.database import Store
from tests.browser.interfaces import (
    COURSE,
    NOTEBOOK,
    ORIGINAL,
    open_notebook,
    shows,
    text_on_disk,
    write_text,
)
from tests.browser.tab import PASSWORD
from tests.browser.test_course_menu import PAGE, RESET, SHARE
from tests.browser.test_first_five_minutes import _FLAGS, keep
from tests.conftest import CHROMIUM
from tests.system.installation import Installation

_VERSION = "a" * 40
pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def running() -> Iterator[Installation]:
    """Run a Sifu with a course whose first version has come."""
    settings = {"SIFU_ADMIN_PASSWORD": PASSWORD, "SIFU_AUTOSAVE_INTERVAL": "0"}
    with Installation(**settings) as installation:
        served = CoursePlaces(installation.root / "data", Path()).version(COURSE, _VERSION)
        write_text(installation, path=str(served / NOTEBOOK.removeprefix(f"{COURSE}/")))
        store = Store(f"sqlite:///{installation.root / 'data' / 'sifu.db'}")
        try:
            store.write_now(courses.add, Course(COURSE, "", 1.0, version=_VERSION))
        finally:
            store.close()
        yield installation


@pytest.fixture
def context() -> Iterator[BrowserContext]:
    with sync_playwright() as driver:
        launched = driver.chromium.launch(executable_path=str(CHROMIUM), args=_FLAGS)
        made = launched.new_context(viewport={"width": 1280, "height": 800})
        made.set_default_timeout(60_000)
        yield made
        launched.close()


@pytest.mark.parametrize("interface", Interface)
def test_a_reset_brings_the_original_and_keeps_what_was_typed(
    running: Installation, context: BrowserContext, interface: Interface
) -> None:
    write_text(running, "before = 1")
    tab = open_notebook(running, context, interface)
    tab.type(f"mine = '{interface.value}'")
    with context.expect_page() as opened:
        tab.choose(RESET)
    window = opened.value
    window.get_by_role("button", name="Reset it").click()
    window.get_by_role("link", name="Back to the notebook").wait_for()
    keep(window, f"really-reset-window-{interface.value}")
    window.get_by_role("link", name="Back to the notebook").click()
    expect(shows(tab.page, "This is the original")).to_be_visible()
    expect(tab.cell).to_have_text(ORIGINAL)
    keep(tab.page, f"really-reset-{interface.value}")
    assert window.is_closed()
    tab.expect_unharmed()
    folder = (running.root / "notebooks" / NOTEBOOK).parent
    names = [f"{COURSE}/week 1/{path.name}" for path in folder.glob("*.ipynb")]
    kept = {text_on_disk(running, name) for name in names if name != NOTEBOOK}
    assert f"mine = '{interface.value}'" in kept


def test_a_view_is_shared_and_the_course_has_its_page(
    running: Installation, context: BrowserContext
) -> None:
    write_text(running)
    tab = open_notebook(running, context, Interface.NOTEBOOK)
    tab.type("shown = 'to all'")
    with context.expect_page() as opened:
        tab.choose(SHARE)
    window = opened.value
    window.get_by_role("button", name="Share it").click()
    window.wait_for_url("**/snapshots?made=*")
    keep(window, "really-shared")
    found = re.search(rf"{re.escape(running.front)}/snapshots/[\w-]{{20,}}", window.content())
    assert found is not None
    assert "to all" in context.request.get(found.group(0)).text()
    window.close()

    with context.expect_page() as opened:
        tab.choose(PAGE)
    opened.value.wait_for_url(f"{running.front}/courses/{COURSE}")
    expect(opened.value.get_by_role("heading", level=1)).to_be_visible()
    keep(opened.value, "really-course")
