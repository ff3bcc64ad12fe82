"""Notebooks in a course page of another site, in a browser that blocks third-party cookies.

A whole installation behind nginx on https, with a server for each person; the platform is on a
site of its own; storage is in partitions, as in every browser.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    BrowserContext,
    Frame,
    Page,
    Playwright,
    expect,
    sync_playwright,
)

from proxy.core.slugs import make_slug
from tests.browser.course_page import (
    CourseInstallation,
    blocking_browser,
    lacks_nginx,
    nginx_before,
)
from tests.browser.school import (
    ELSEWHERE,
    FRONT,
    NOTEBOOKS,
    PEOPLE,
    School,
    cookie_page,
    course_page,
)
from tests.browser.tab import SLOW, Tab
from tests.browser.test_coming_back_in_a_frame import frame as frame_of
from tests.browser.test_first_five_minutes import keep
from tests.system.isolated import needs_accounts

pytestmark = [
    pytest.mark.browser,
    needs_accounts(),
    pytest.mark.skipif(lacks_nginx(), reason="needs nginx"),
    pytest.mark.timeout(400),
]

# Each is run by one test for one person, so that what is shown was not there before.
CELLS = {
    "means": "print('mean', (1 + 2 + 6) / 3)",
    "spread": "print('spread', 6 - 1)",
    "median": "print('median', 2)",
    "mode": "print('mode', 1)",
}
RESULTS = {"means": "mean 3.0", "spread": "spread 5", "median": "median 2", "mode": "mode 1"}
ANN, BEN = (str(make_slug(name)) for name in PEOPLE.values())


@dataclass
class Surroundings:
    running: CourseInstallation
    nginx: int

    def servers(self) -> list[str]:
        """Return the servers that run, as owner/workspace."""
        found = self.running.ask("GET", "servers")
        return sorted(each["base_url"].strip("/").removeprefix("user/") for each in found)

    def events(self, kind: str) -> list[dict[str, Any]]:
        """Return what happened of this kind, the latest first."""
        return list(self.running.ask("GET", f"events?kind={kind}")["events"])

    def starts(self, person: str) -> int:
        """Count how often somebody's server was started."""
        return sum(each["user"] == person for each in self.events("server_started"))


@pytest.fixture(scope="module")
def there() -> Iterator[Surroundings]:
    with School() as school, CourseInstallation() as running:
        for name, text in CELLS.items():
            running.add_notebook(name, text)
        running.ask("POST", "platforms", school.entry())
        running.await_fork_server()
        with nginx_before(running, school) as port:
            yield Surroundings(running, port)


@pytest.fixture
def driver() -> Iterator[Playwright]:
    with sync_playwright() as made:
        yield made


def test_two_notebooks_of_one_page_run_side_by_side(
    there: Surroundings, driver: Playwright, tmp_path: Path
) -> None:
    with blocking_browser(driver, tmp_path, there.nginx) as context:
        assert cookies_in_frames(context) == "here=1"
        page = context.new_page()
        page.goto(course_page("means", "spread"))
        for name in ("means", "spread"):
            runs(there, page, name, frame_of(page, name))
        keep(page, "course-page")
        assert there.servers() == [f"{ANN}/home"]
        assert there.starts(ANN) == 1
        assert {each["partitionKey"] for each in ours(context)} == {"https://school.test"}

        # A friend on the same computer: nobody signed out before.
        friend = context.new_page()
        friend.goto(course_page("means", person="ben"))
        runs(there, friend, "means", frame_of(friend, "means"), person=BEN)
        assert there.servers() == [f"{ANN}/home", f"{BEN}/home"]
        signed_in = [each["user"] for each in there.events("signed_in")]
        # Each frame of hers began a launch without a cookie, so each may have begun a session.
        assert signed_in[0] == BEN
        assert set(signed_in[1:]) == {ANN}


@pytest.mark.parametrize(("notebook", "storage"), [("median", False), ("mode", True)])
def test_without_any_cookie_in_frames_one_click_opens_a_window(
    there: Surroundings, driver: Playwright, tmp_path: Path, notebook: str, storage: bool
) -> None:
    with blocking_browser(driver, tmp_path, there.nginx, keeps_partitioned=False) as context:
        assert cookies_in_frames(context) == "nothing"
        page = context.new_page()
        page.goto(course_page(notebook, storage=storage, height=150))
        inside = page.frame_locator(f"[name={notebook}]")
        button = inside.locator(".primary")
        expect(button).to_be_in_viewport(ratio=1, timeout=SLOW)
        keep(page, "small-frame")
        # With the platform's storage it is known who came.
        assert inside.get_by_text("You are here as Ann Lee").count() == int(storage)
        with context.expect_page(timeout=SLOW) as opened:
            button.click(timeout=SLOW)
        runs(there, opened.value, notebook, opened.value)
        keep(opened.value, "own-window")
        assert {each.get("partitionKey") for each in ours(context)} == {None}


def test_a_page_that_was_not_named_shows_nothing_and_an_event_says_so(
    there: Surroundings, driver: Playwright, tmp_path: Path
) -> None:
    with blocking_browser(driver, tmp_path, there.nginx) as context:
        page = context.new_page()
        complaints: list[str] = []
        page.on("console", lambda line: complaints.append(line.text))
        page.goto(course_page("means", at=ELSEWHERE))
        expect(
            page.frame_locator("[name=means]").locator("#sub-frame-error-details")
        ).to_be_visible(timeout=SLOW)
    reasons = {each["about"]["reason"] for each in there.events("sign_in_failed")}
    assert f"frame {ELSEWHERE}" in reasons
    assert "add it to SIFU_LMS_ORIGINS" in there.running.log("front")
    assert any("frame-ancestors" in text for text in complaints)


def runs(
    there: Surroundings, page: Page, notebook: str, place: Page | Frame, *, person: str = ANN
) -> None:
    """Run the notebook's cell there, in this person's own copy of it."""
    place.wait_for_url(f"{NOTEBOOKS}/user/{person}/home/lab/**", timeout=SLOW)
    # In a window JupyterLab may bring back others as well, behind it.
    shown = place.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")
    cell = shown.locator(".jp-Cell .cm-content").first
    expect(cell).to_have_text(CELLS[notebook], timeout=SLOW)
    Tab(there.running, page, place).expect_idle()
    assert shown.locator(".jp-OutputArea-output").count() == 0
    cell.click()
    page.keyboard.press("Control+Enter")
    output = shown.locator(".jp-OutputArea-output").first
    expect(output).to_have_text(RESULTS[notebook], timeout=SLOW)


def cookies_in_frames(context: BrowserContext) -> str:
    """Return what this browser keeps of cookies that Sifu's site sets in the school's page."""
    page = context.new_page()
    page.goto(cookie_page())
    told = page.frame_locator("[name=other]").locator("p")
    text = told.inner_text(timeout=SLOW)
    page.close()
    return text.removeprefix("kept: ")


def ours(context: BrowserContext) -> list[Any]:
    return context.cookies([FRONT, NOTEBOOKS])
