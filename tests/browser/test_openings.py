"""What JupyterLab and Notebook 7 ask for when somebody opens a notebook: the relay must know it."""

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from proxy.core.events import Event, EventKind
from proxy.store import events
from proxy.store.database import Store
from proxy.store.events import Wanted
from tests.browser.tab import SERVER, SLOW
from tests.browser.test_first_five_minutes import browser
from tests.system.installation import Installation
from tests.system.test_openings import _PASSWORD, begin_course

__all__ = ["browser"]
pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture
def running() -> Iterator[Installation]:
    with Installation() as installation:
        yield installation


def told(store: Store, kind: EventKind, number: int) -> list[Event]:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        found = store.read_now(events.find, Wanted(kind=kind, user="ada"), limit=99)
        seen = [each.event for each in found if each.event.course]
        if len(seen) >= number:
            return seen
        time.sleep(0.2)
    raise AssertionError(f"{kind} was not told {number} times")


def enter(page: Page, running: Installation) -> None:
    page.goto(f"{running.front}/sign-in")
    page.get_by_label("User name").fill("ada")
    page.get_by_label("Password").fill(_PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(f"{running.front}/")
    page.get_by_role("button", name="Start").first.click()
    page.wait_for_url(f"**/user/{SERVER}/lab**", timeout=SLOW)


def test_both_programs_open_a_notebook_once_however_long_one_works(
    running: Installation, browser
) -> None:
    store = begin_course(running)
    context = browser.new_context()
    page = context.new_page()
    enter(page, running)
    base = f"{running.notebooks}/user/{SERVER}"
    page.goto(f"{base}/lab/tree/python/w1/intro.ipynb")
    expect(page.locator(".jp-NotebookPanel-notebook")).to_be_visible(timeout=SLOW)
    page.keyboard.press("Control+S")
    page.wait_for_timeout(12_000)  # JupyterLab looks for changes every ten seconds
    page.goto(f"{base}/notebooks/python/w1/zwei%20%C3%A9.ipynb")
    expect(page.locator(".jp-NotebookPanel-notebook")).to_be_visible(timeout=SLOW)
    opened = told(store, EventKind.OPENED, 2)
    assert sorted(each.about["notebook"] for each in opened) == ["w1/intro", "w1/zwei é"]
    context.close()
    closed = told(store, EventKind.CLOSED, 1)
    assert {each.course for each in closed} == {"python"}
    assert len(told(store, EventKind.OPENED, 2)) == 2
    store.close()
