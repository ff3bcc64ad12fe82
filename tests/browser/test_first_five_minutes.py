"""A person with a real browser: the link, the server starting, a cell in JupyterLab, sign-out."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.conftest import CHROMIUM
from tests.system.installation import Installation

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]


@pytest.fixture
def running() -> Iterator[Installation]:
    with Installation() as installation:
        yield installation


@pytest.fixture
def browser() -> Iterator[Browser]:
    with sync_playwright() as driver:
        launched = driver.chromium.launch(executable_path=str(CHROMIUM), args=_FLAGS)
        yield launched
        launched.close()


def keep(page: Page, name: str) -> None:
    """Keep a picture where SCREENSHOTS says, for people to look at."""
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=Path(folder, f"{name}.png"))


def test_a_person_runs_a_cell_through_the_door(running: Installation, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    foreign: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: _note_foreign(request.url, running, foreign))
    page.on("console", lambda line: complaints.append(line.text) if _is_policy(line.text) else None)

    page.goto(running.link)
    expect(page).to_have_url(f"{running.front}/")
    keep(page, "home-before")
    page.get_by_role("button", name="Start").first.click()
    page.wait_for_url("**/start/**")
    keep(page, "starting")
    page.wait_for_url("**/user/everyone/shared/lab**", timeout=60_000)

    page.get_by_text("Python 3 (ipykernel)").first.click(timeout=60_000)
    cell = page.locator(".jp-Notebook .jp-Cell .cm-content").first
    expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible(timeout=60_000)
    cell.click(timeout=60_000)
    cell.press_sequentially("print(6*7)")
    expect(cell).to_contain_text("print(6*7)")
    page.keyboard.press("Shift+Enter")
    expect(page.locator(".jp-OutputArea-output").first).to_have_text("42", timeout=60_000)
    page.wait_for_timeout(1000)
    keep(page, "lab")
    assert foreign == []
    assert complaints == []
    assert page.get_by_text("Would you like to get notified").count() == 0

    home = context.new_page()
    home.goto(running.front)
    expect(home.get_by_text("Running").first).to_be_visible()
    keep(home, "home")
    home.locator("header summary").click()
    home.get_by_role("button", name="Sign out").click()
    expect(home).to_have_url(f"{running.front}/sign-in")
    home.wait_for_timeout(2000)
    answer = context.request.get(f"{running.notebooks}/user/everyone/shared/api/kernels")
    assert answer.status == 401
    keep(home, "sign-in")
    assert (running.root / "notebooks/Untitled.ipynb").exists()


def _note_foreign(url: str, running: Installation, found: list[str]) -> None:
    if not url.startswith((running.front, running.notebooks, "data:", "blob:")):
        found.append(url)


def _is_policy(text: str) -> bool:
    return "Content Security Policy" in text
