"""A course that wants Notebook 7, or the single document, in the small frames of a course page.

What the menu opens is shown inside the frame there: a window has other cookies, and would not know
who is here.
"""

import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Error, Frame, Playwright, expect

from proxy.core.course import Course, Interface, Outline
from proxy.courses.places import CoursePlaces
from proxy.store import courses
from proxy.store.database import Store
from tests.browser.course_page import (
    CourseInstallation,
    Looks,
    blocking_browser,
    lacks_nginx,
    nginx_before,
)
from tests.browser.school import COURSE, FRONT, NOTEBOOKS, School, course_page
from tests.browser.tab import SLOW
from tests.browser.test_coming_back_in_a_frame import frame as frame_of
from tests.browser.test_course_page import ANN, driver
from tests.browser.test_first_five_minutes import keep
from tests.system.isolated import needs_accounts

__all__ = ["driver"]

pytestmark = [
    pytest.mark.browser,
    needs_accounts(),
    pytest.mark.skipif(lacks_nginx(), reason="needs nginx"),
    pytest.mark.timeout(400),
]

_WAYS = {Interface.NOTEBOOK: "notebooks", Interface.SINGLE: "doc/tree"}
_SMALL = 150
_VERSION = "a" * 40


@pytest.fixture(params=_WAYS, ids=lambda each: each.value)
def interface(request: pytest.FixtureRequest) -> Interface:
    return Interface(request.param)


@pytest.fixture
def nginx(interface: Interface) -> Iterator[int]:
    """Run a whole Sifu in which the course wants this interface; yields nginx' port."""
    with School() as school, CourseInstallation() as running:
        running.add_notebook("means", "print('mean', 3)")
        running.add_notebook("spread", "print('spread', 5)")
        _add_course(running, interface)
        running.ask("POST", "platforms", school.entry())
        with nginx_before(running, school) as port:
            yield port


@pytest.mark.parametrize("is_dark", [False, True])
def test_a_small_frame_holds_a_notebook_and_what_its_menu_opens(
    nginx: int, interface: Interface, driver: Playwright, tmp_path: Path, is_dark: bool
) -> None:
    looks = Looks(height=700, is_dark=is_dark)
    with blocking_browser(driver, tmp_path, nginx, looks=looks) as context:
        page = context.new_page()
        page.goto(course_page("means", "spread", height=_SMALL))
        results = {"means": "mean 3", "spread": "spread 5"}
        # Both, before a key is pressed: each takes the focus when it is ready.
        for name in results:
            _await_ready(frame_of(page, name), interface, name)
        for name, result in results.items():
            _runs(frame_of(page, name), result)
        name = f"frame-{interface.value}-{'dark' if is_dark else 'light'}"
        keep(page, name)

        place = frame_of(page, "means")
        _choose_share(place)
        shown = place.frame_locator(".sifu-banner iframe")
        # Front knows who is here, in this very frame.
        expect(shown.get_by_role("heading", level=1)).to_be_visible(timeout=SLOW)
        assert shown.get_by_label("Password").count() == 0
        inside = place.locator(".sifu-banner iframe").get_attribute("src") or ""
        assert inside.startswith(f"{FRONT}/snapshots/new?server={ANN}%2Fhome&path={COURSE}%2Fmeans")
        keep(page, f"{name}-inside")
        place.get_by_role("button", name="Close").click()
        expect(place.locator(".sifu-banner")).to_have_count(0)


def _add_course(running: CourseInstallation, interface: Interface) -> None:
    """Make a course of what was placed by hand, as if its first version had come."""
    data = running.root / "data"
    served = CoursePlaces(data, Path()).version(COURSE, _VERSION)
    shutil.copytree(data / "courses" / COURSE, served)
    course = Course(COURSE, "", 1.0, version=_VERSION, outline=Outline(interface=interface))
    store = Store(f"sqlite:///{data / 'sifu.db'}")
    try:
        store.write_now(courses.add, course)
    finally:
        store.close()


def _await_ready(place: Frame, interface: Interface, name: str) -> None:
    # JupyterLab gives the second of two pages that are open at once a workspace of its own.
    start, end = f"{NOTEBOOKS}/user/{ANN}/home/", f"/{COURSE}/{name}.ipynb"
    way = _WAYS[interface].replace("doc/", "doc(/workspaces/[^/]+)?/")
    place.wait_for_url(re.compile(re.escape(start) + way + re.escape(end)), timeout=SLOW)
    if interface is Interface.SINGLE:
        place.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=SLOW)
    place.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for(timeout=SLOW)


def _runs(place: Frame, result: str) -> None:
    cell = place.locator(".jp-Notebook .jp-Cell .cm-content").first
    output = place.locator(".jp-OutputArea-output").first
    for _ in range(10):
        # The other frame may still take the focus, late as Jupyter is with that.
        cell.press("Control+Enter")
        with suppress(Error):
            output.wait_for(timeout=3000)
            break
    expect(output).to_have_text(result)


def _choose_share(place: Frame) -> None:
    place.get_by_role("menuitem", name="File", exact=True).click()
    place.locator(".lm-Menu-item", has_text="Share Read-Only View…").click()
