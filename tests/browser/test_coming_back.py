"""A tab that stays open while its server stops, its session ends, front is killed; and back again.

One tab for all, as it takes longest to open; each test leaves it as it was.
"""

import os
import signal
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect, sync_playwright

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

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

# JupyterLab's longest pause between two looks at its server, milliseconds.
_POLL = 10_000


@pytest.fixture(scope="module")
def running() -> Iterator[Installation]:
    settings = {"SIFU_ADMIN_PASSWORD": PASSWORD, "SIFU_AUTOSAVE_INTERVAL": "0"}
    with Installation(**settings) as installation:
        yield installation


@pytest.fixture(scope="module")
def tab(running: Installation) -> Iterator[Tab]:
    with sync_playwright() as driver:
        launched = driver.chromium.launch(executable_path=str(CHROMIUM), args=_FLAGS)
        context = launched.new_context(viewport={"width": 1280, "height": 800})
        context.set_default_timeout(SLOW)
        page = context.new_page()
        write_notebook(running)
        page.goto(notebook_address(running))
        sign_in(page)
        made = Tab(running, page, page)
        made.expect_open()
        yield made
        launched.close()


def test_a_killed_front_is_not_noticed(tab: Tab) -> None:
    (front,) = tab.running.processes("proxy.front_app")
    os.kill(front.pid, signal.SIGKILL)
    tab.type("21*2")
    tab.save()
    tab.expect_saved("21*2")
    tab.run("42")
    tab.page.wait_for_timeout(_POLL)
    expect(tab.banner).to_have_count(0)
    tab.expect_unharmed()


def test_who_was_signed_out_signs_in_beside_the_tab(tab: Tab) -> None:
    tab.type("x = 5")
    tab.run()
    tab.expect_idle()
    sign_out(tab.page.context, tab.running)
    tab.type("x+1")
    tab.save()
    expect(tab.banner).to_contain_text("You are signed out", timeout=SLOW)
    keep(tab.page, "signed-out")
    tab.type("x+1+1")  # later than the save that waits
    with tab.page.context.expect_page() as opened:
        tab.banner.get_by_role("link", name="Sign in").click()
    window = opened.value
    window.wait_for_url("**/sign-in**")
    keep(window, "signed-out-window")
    sign_in(window)
    expect(tab.banner).to_contain_text("You are back", timeout=SLOW)
    tab.expect_saved("x+1+1")
    tab.run("7")  # the kernel lived on, and knows x
    assert window.is_closed()
    tab.expect_unharmed()


def test_a_stopped_server_is_started_from_the_tab(tab: Tab) -> None:
    tab.type("6*7")
    assert ask_api(tab.page.context, tab.running, "DELETE", f"servers/{SERVER}").ok
    expect(tab.banner).to_contain_text("not running", timeout=SLOW)
    expect(tab.banner).to_contain_text("It was stopped.")
    keep(tab.page, "stopped")
    expect(tab.cell).to_be_focused()
    tab.save()
    with tab.page.context.expect_page() as opened:
        tab.banner.get_by_role("link", name="Start the server").click()
    window = opened.value
    expect(tab.banner).to_contain_text("Their kernels are new", timeout=SLOW)
    keep(tab.page, "started")
    tab.expect_saved("6*7")
    tab.expect_idle()
    tab.run("42")
    assert window.is_closed()
    tab.expect_unharmed()


def test_where_no_window_may_be_opened_the_link_is_followed(tab: Tab) -> None:
    tab.page.evaluate("window.open = () => null")
    sign_out(tab.page.context, tab.running)
    tab.type("1+1")
    tab.save()
    link = tab.banner.get_by_role("link", name="Sign in")
    link.focus(timeout=SLOW)
    with tab.page.context.expect_page() as opened:
        tab.page.keyboard.press("Enter")
    sign_in(opened.value)
    expect(tab.banner).to_contain_text("You are back", timeout=SLOW)
    tab.expect_saved("1+1")
    tab.expect_unharmed()


def test_who_does_not_want_to_come_back_now_is_left_alone(tab: Tab) -> None:
    sign_out(tab.page.context, tab.running)
    tab.type("2+2")
    tab.save()
    tab.banner.get_by_role("button", name="Not now").focus(timeout=SLOW)
    tab.page.keyboard.press("Escape")
    expect(tab.banner).to_have_count(0)
    expect(tab.cell).to_be_focused()
    tab.page.wait_for_timeout(3000)  # longer than our pause between two looks
    expect(tab.banner).to_have_count(0)
    sign_in_elsewhere = tab.page.context.new_page()
    sign_in_elsewhere.goto(notebook_address(tab.running))
    sign_in(sign_in_elsewhere)
    sign_in_elsewhere.wait_for_url(f"{tab.running.notebooks}/**")
    sign_in_elsewhere.close()
    tab.expect_saved("2+2")
    tab.expect_unharmed()
