"""A notebook that stays open in JupyterLab, and the person before it."""

import time
from contextlib import suppress

from playwright.sync_api import APIResponse, BrowserContext, Error, Frame, Locator, Page, expect

from tests.system.installation import Installation

PASSWORD = "a long enough password"
SERVER = "everyone/shared"
# Milliseconds, for a machine that has much else to do.
SLOW = 120_000
expect.set_options(timeout=30_000)
_NOTEBOOK = """{"cells": [{"cell_type": "code", "execution_count": null, "id": "one",
 "metadata": {}, "outputs": [], "source": []}], "metadata": {"kernelspec":
 {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}},
 "nbformat": 4, "nbformat_minor": 5}"""


class Tab:
    """`place` shows JupyterLab: a page, or a frame of one. Nothing is saved but by hand."""

    def __init__(self, running: Installation, page: Page, place: Page | Frame) -> None:
        self.running = running
        self.page = page
        self.place = place

    def expect_open(self) -> None:
        """Wait until the notebook can be worked with."""
        self.expect_idle()
        self.place.evaluate("window.isTheSamePage = true")

    @property
    def banner(self) -> Locator:
        return self.place.get_by_role("region", name="Connection")

    @property
    def cell(self) -> Locator:
        return self.place.locator(".jp-Notebook .jp-Cell .cm-content").first

    def expect_idle(self) -> None:
        status = self.place.get_by_text("Python 3 (ipykernel) | Idle")
        expect(status).to_be_visible(timeout=SLOW)

    def type(self, text: str) -> None:
        self.cell.click()
        self.page.keyboard.press("Control+A")
        self.cell.press_sequentially(text)
        expect(self.cell).to_have_text(text)

    def save(self) -> None:
        self.page.keyboard.press("Control+S")

    def run(self, result: str = "") -> None:
        """Run the first cell and wait for what it shows."""
        self.cell.click()
        self.page.keyboard.press("Control+Enter")
        if result:
            output = self.place.locator(".jp-OutputArea-output").first
            expect(output).to_have_text(result, timeout=SLOW)

    def expect_saved(self, text: str) -> None:
        for _ in range(200):
            if text in notebook_file(self.running):
                return
            self.page.wait_for_timeout(100)
        raise AssertionError(f"{text} is not in {notebook_file(self.running)}")

    def expect_unharmed(self) -> None:
        """It was not loaded anew, and JupyterLab found nothing to complain of."""
        assert self.place.evaluate("window.isTheSamePage") is True
        expect(self.place.locator(".jp-Dialog")).to_have_count(0)


def write_notebook(running: Installation) -> None:
    (running.root / "notebooks").mkdir(exist_ok=True)
    (running.root / "notebooks" / "open.ipynb").write_text(_NOTEBOOK)


def notebook_file(running: Installation) -> str:
    return (running.root / "notebooks" / "open.ipynb").read_text()


def notebook_address(running: Installation) -> str:
    return f"{running.front}/open/{SERVER}/lab/tree/open.ipynb?reset"


def sign_in(place: Page | Frame) -> None:
    """Fill in the form that is shown."""
    place.get_by_label("User name").fill("admin")
    place.get_by_label("Password").fill(PASSWORD)
    place.get_by_role("button", name="Sign in").click()


def ask_api(
    context: BrowserContext, running: Installation, method: str, path: str, body: object = None
) -> APIResponse:
    """Ask front's API as a page of its own does."""
    headers = {"Origin": running.front, "Sec-Fetch-Site": "same-origin"}
    url = f"{running.front}/api/{path}"
    return context.request.fetch(url, method=method, headers=headers, data=body, timeout=SLOW)


def sign_out(context: BrowserContext, running: Installation) -> None:
    """End the session in the store, and wait until the relay knows."""
    headers = {"Origin": running.front, "Sec-Fetch-Site": "same-origin", "Accept": "text/html"}
    context.request.post(f"{running.front}/sign-out", headers=headers)
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        # Who is signed out in the midst of an answer is cut off.
        with suppress(Error):
            if context.request.get(f"{running.notebooks}/user/{SERVER}/api/me").status == 401:
                return
        time.sleep(0.1)
    raise AssertionError("still signed in")
