"""The same inside a course page's frame: no window of its own, the way back is shown in the page.

A course page on another port of the same host is another origin of the same site, so its frames get
cookies without https.
"""

from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Frame, Page, expect, sync_playwright

from tests.browser.tab import (
    PASSWORD,
    SERVER,
    SLOW,
    Tab,
    ask_api,
    notebook_address,
    sign_in,
    sign_out,
    write_notebook,
)
from tests.browser.test_first_five_minutes import _FLAGS, keep
from tests.conftest import CHROMIUM
from tests.system.installation import Installation

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def course_pages(tmp_path: Path) -> Iterator[ThreadingHTTPServer]:
    handler = partial(_Quiet, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def running(course_pages: ThreadingHTTPServer) -> Iterator[Installation]:
    origin = f"http://127.0.0.1:{course_pages.server_address[1]}"
    settings = {"SIFU_ADMIN_PASSWORD": PASSWORD, "SIFU_AUTOSAVE_INTERVAL": "0"}
    with Installation(**settings, SIFU_LMS_ORIGINS=origin) as installation:
        yield installation


@pytest.fixture
def page() -> Iterator[Page]:
    with sync_playwright() as driver:
        launched = driver.chromium.launch(executable_path=str(CHROMIUM), args=_FLAGS)
        made = launched.new_page(viewport={"width": 1000, "height": 760}, color_scheme="dark")
        made.set_default_timeout(SLOW)
        yield made
        launched.close()


def test_the_way_back_is_inside_the_frame(
    running: Installation, page: Page, course_pages: ThreadingHTTPServer, tmp_path: Path
) -> None:
    write_notebook(running)
    (tmp_path / "index.html").write_text(
        f'<body style="margin:0"><iframe name="exercise" src="{notebook_address(running)}"'
        ' style="border:0;width:100%;height:96vh"></iframe>'
    )
    page.goto(f"http://127.0.0.1:{course_pages.server_address[1]}/index.html")
    sign_in(frame(page, "exercise"))
    tab = Tab(running, page, frame(page, "exercise"))
    tab.expect_open()

    sign_out(page.context, running)
    tab.type("6*7")
    tab.save()
    tab.banner.get_by_role("link", name="Sign in").click(timeout=SLOW)
    sign_in(inside(page, "Sign in"))
    expect(tab.banner).to_contain_text("You are back", timeout=SLOW)
    tab.expect_saved("6*7")

    assert ask_api(page.context, running, "DELETE", f"servers/{SERVER}").ok
    tab.banner.get_by_role("link", name="Start the server").click(timeout=SLOW)
    page.wait_for_timeout(300)
    keep(page, "frame")
    expect(tab.banner).to_contain_text("Their kernels are new", timeout=SLOW)
    tab.expect_idle()
    tab.run("42")
    assert len(page.context.pages) == 1
    tab.expect_unharmed()


def frame(page: Page, name: str) -> Frame:
    found = page.frame(name)
    assert found is not None
    return found


def inside(page: Page, title: str) -> Frame:
    """Return the frame that the banner shows."""
    exercise = page.frame_locator("[name=exercise]")
    handle = exercise.locator(f'.sifu-banner iframe[title="{title}"]').element_handle(timeout=SLOW)
    found = handle.content_frame()
    assert found is not None
    return found
