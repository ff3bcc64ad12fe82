"""A notebook of a course, open in each of the interfaces in which a course may want it."""

import json
from typing import Any, Final

from playwright.sync_api import BrowserContext, Locator, Page, expect

from proxy.core.course import Interface
from proxy.core.identity import SHARED
from proxy.core.launch_target import way_to
from tests.browser.tab import SLOW, Tab, sign_in
from tests.system.installation import Installation

COURSE: Final = "stats"
NOTEBOOK: Final = f"{COURSE}/week 1/means.ipynb"
ORIGINAL: Final = "mean = 'original'"
DARK: Final = {"theme": "JupyterLab Dark"}


class CourseTab(Tab):
    """What all three have in common."""

    def expect_idle(self) -> None:
        if "/notebooks/" not in self.place.url:
            super().expect_idle()
            return
        status = self.place.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]")
        expect(status.first).to_be_visible(timeout=SLOW)

    def open_menu(self) -> None:
        self.place.get_by_role("menuitem", name="File", exact=True).click()

    def entry(self, label: str) -> Locator:
        return self.place.locator(".lm-Menu-item", has_text=label)

    def choose(self, label: str) -> None:
        self.open_menu()
        self.entry(label).click()


def open_notebook(
    running: Installation, context: BrowserContext, interface: Interface, path: str = NOTEBOOK
) -> CourseTab:
    """Open it as a launch does; whoever is not signed in signs in."""
    page = context.new_page()
    course, _, notebook = path.removesuffix(".ipynb").partition("/")
    page.goto(running.front + way_to(SHARED, course, notebook, interface))
    if "/sign-in" in page.url:
        sign_in(page)
    page.wait_for_url(f"{running.notebooks}/**")
    tab = CourseTab(running, page, page)
    tab.expect_open()
    return tab


def write_text(running: Installation, text: str = ORIGINAL, path: str = NOTEBOOK) -> None:
    """Put a notebook with one cell there."""
    cell: dict[str, Any] = {"cell_type": "code", "execution_count": None, "id": "one"}
    cell |= {"metadata": {}, "outputs": [], "source": text}
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    notebook = {"cells": [cell], "metadata": {"kernelspec": kernel}}
    place = running.root / "notebooks" / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(json.dumps(notebook | {"nbformat": 4, "nbformat_minor": 5}))


def text_on_disk(running: Installation, path: str = NOTEBOOK) -> str:
    found = json.loads((running.root / "notebooks" / path).read_text())
    return "".join(found["cells"][0]["source"])


def darken(running: Installation) -> None:
    """Choose JupyterLab's dark theme, as a person does in its settings."""
    folder = running.root / ".jupyter/lab/user-settings/@jupyterlab/apputils-extension"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "themes.jupyterlab-settings").write_text(json.dumps(DARK))


def lighten(running: Installation) -> None:
    folder = running.root / ".jupyter/lab/user-settings/@jupyterlab/apputils-extension"
    (folder / "themes.jupyterlab-settings").unlink(missing_ok=True)


def shows(page: Page, words: str) -> Locator:
    return page.locator(".sifu-banner", has_text=words)
