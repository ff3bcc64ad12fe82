"""Notebook 7 and the single document: autosave, and the way back to a server, as in JupyterLab."""

from collections.abc import Iterator
from contextlib import suppress

import pytest
from playwright.sync_api import BrowserContext, expect, sync_playwright

from proxy.core.course import Interface
from tests.browser.interfaces import CourseTab, open_notebook, text_on_disk, write_text
from tests.browser.tab import PASSWORD, SERVER, SLOW, ask_api, sign_in, sign_out
from tests.browser.test_first_five_minutes import _FLAGS, keep
from tests.conftest import CHROMIUM
from tests.system.installation import Installation

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

_OTHERS = [Interface.NOTEBOOK, Interface.SINGLE]
# Seconds between two savings, and what else it may take on a busy machine.
_INTERVAL, _PATIENCE = 10, 20


@pytest.fixture(scope="module")
def running() -> Iterator[Installation]:
    settings = {"SIFU_ADMIN_PASSWORD": PASSWORD, "SIFU_AUTOSAVE_INTERVAL": str(_INTERVAL)}
    with Installation(**settings) as installation:
        yield installation


@pytest.fixture(scope="module")
def context() -> Iterator[BrowserContext]:
    with sync_playwright() as driver:
        launched = driver.chromium.launch(executable_path=str(CHROMIUM), args=_FLAGS)
        made = launched.new_context(viewport={"width": 1280, "height": 800})
        made.set_default_timeout(SLOW)
        yield made
        launched.close()


@pytest.fixture(params=_OTHERS, ids=lambda each: each.value, scope="module")
def tab(
    running: Installation, context: BrowserContext, request: pytest.FixtureRequest
) -> Iterator[CourseTab]:
    write_text(running)
    made = open_notebook(running, context, request.param)
    yield made
    made.page.close()


def expect_saved(tab: CourseTab, text: str) -> None:
    for _ in range(10 * (_INTERVAL + _PATIENCE)):
        with suppress(ValueError):  # it is just being written
            if text_on_disk(tab.running) == text:
                return
        tab.page.wait_for_timeout(100)
    raise AssertionError(f"{text} was not saved by itself")


def name_of(tab: CourseTab) -> str:
    return "notebook" if "/notebooks/" in tab.page.url else "single"


def test_it_saves_by_itself_as_often_as_the_operator_says(tab: CourseTab) -> None:
    tab.type("kept = 1")
    expect_saved(tab, "kept = 1")


def test_who_was_signed_out_signs_in_beside_it(tab: CourseTab) -> None:
    tab.type("x = 5")
    tab.run()
    tab.expect_idle()
    sign_out(tab.page.context, tab.running)
    tab.type("x+1")
    tab.save()
    expect(tab.banner).to_contain_text("You are signed out", timeout=SLOW)
    keep(tab.page, f"signed-out-{name_of(tab)}")
    with tab.page.context.expect_page() as opened:
        tab.banner.get_by_role("link", name="Sign in").click()
    sign_in(opened.value)
    expect(tab.banner).to_contain_text("You are back", timeout=SLOW)
    expect_saved(tab, "x+1")
    tab.run("6")  # the kernel lived on, and knows x
    assert opened.value.is_closed()
    tab.expect_unharmed()


def test_a_stopped_server_is_started_from_it(tab: CourseTab) -> None:
    tab.type("6*7")
    assert ask_api(tab.page.context, tab.running, "DELETE", f"servers/{SERVER}").ok
    expect(tab.banner).to_contain_text("not running", timeout=SLOW)
    keep(tab.page, f"stopped-{name_of(tab)}")
    tab.save()
    with tab.page.context.expect_page() as opened:
        tab.banner.get_by_role("link", name="Start the server").click()
    expect(tab.banner).to_contain_text("Their kernels are new", timeout=SLOW)
    expect_saved(tab, "6*7")
    tab.expect_idle()
    tab.run("42")
    assert opened.value.is_closed()
    tab.expect_unharmed()
