"""What JupyterLab and Notebook 7 ask for when somebody opens a notebook: the relay must know it."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from proxy.core.events import EventKind
from tests.browser.tab import SERVER, SLOW
from tests.browser.test_first_five_minutes import browser
from tests.system.installation import Installation
from tests.system.test_openings import _PASSWORD, begin_course

__all__ = ["browser"]
pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture
def running() -> Iterator[Installation]:
    """With a course; before the browser, for its driver runs an event loop in this thread."""
    with Installation() as installation:
        begin_course(installation).close()
        yield installation


def told(running: Installation, kind: EventKind, number: int) -> list[dict[str, Any]]:
    """Return what happened, as soon as it is so much."""
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        lines = running.sifu("event", "export", "--format", "jsonl", "--kind", kind.value)
        seen = [each for each in map(json.loads, lines.splitlines()) if each["course"]]
        if len(seen) >= number:
            return seen
        time.sleep(1)
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
    opened = told(running, EventKind.OPENED, 2)
    assert sorted(each["about"]["notebook"] for each in opened) == ["w1/intro", "w1/zwei é"]
    context.close()
    closed = told(running, EventKind.CLOSED, 1)
    assert {each["course"] for each in closed} == {"python"}
    assert len(told(running, EventKind.OPENED, 2)) == 2
