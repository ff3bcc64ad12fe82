"""Around a walk through a course: a repository with history, a whole Sifu, people and pictures.

`SCREENSHOTS=<folder>` keeps every picture at desktop size, light and dark, and at a phone's;
`TEACHING_PICTURES=docs/images` makes those of docs/teaching.md again.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser.interfaces import CourseTab
from tests.browser.tab import SLOW
from tests.courses.notebooks import cell, code
from tests.courses.upstream import GitService, Upstream, running_service
from tests.system.isolated import IsolatedInstallation

COURSE: Final = "statistics"
TITLE: Final = "Statistics 1"
_KERNEL: Final = {
    "display_name": "Python 3 (ipykernel)",
    "language": "python",
    "name": "python3",
}
_DESKTOP: Final = {"width": 1280, "height": 800}
_PHONE: Final = {"width": 390, "height": 844}
OUTLINE: Final = f"""\
title = "{TITLE}"
static = ["data"]

[[track]]
title = "Week 1"
notebooks = [
  {{ path = "week1/means.ipynb", title = "Means" }},
  {{ path = "week1/spread.ipynb", title = "Spread" }},
]

[[track]]
title = "Week 2"
notebooks = [
  {{ path = "week2/samples.md", title = "Samples" }},
]
"""
SAMPLES: Final = """\
---
jupyter:
  jupytext:
    text_representation:
      extension: .md
  kernelspec:
    display_name: Python 3 (ipykernel)
    language: python
    name: python3
---

# Samples

```python
import random
```
"""


def lesson(title: str, words: str, task: str) -> str:
    """Return a notebook with a heading, something to read, and a cell to run."""
    cells = [cell("markdown", f"# {title}\n\n{words}"), code(task)]
    for number, each in enumerate(cells):
        each["id"] = f"cell-{number}"
    cells[1]["execution_count"] = None
    whole: dict[str, Any] = {"nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole | {"metadata": {"kernelspec": _KERNEL}, "cells": cells})


MEANS: Final = lesson(
    "Means",
    "The *arithmetic mean* of $n$ numbers is $\\bar x = \\frac{1}{n}\\sum x_i$.",
    "sum([1, 2, 6]) / 3",
)
SPREAD: Final = lesson("Spread", "How far from the mean?", "max([1, 2, 6]) - min([1, 2, 6])")


@dataclass
class School:
    """What the walk goes through; `repository` is what teachers push to."""

    running: IsolatedInstallation
    repository: Upstream
    url: str

    def copy_of(self, slug: str) -> Path:
        """Return where a student's copy of the course lies."""
        return self.running.root / "notebooks" / slug / "home" / COURSE


@contextmanager
def running_school() -> Iterator[School]:
    """Run a Sifu with accounts, and a git service with the course's repository."""
    running = IsolatedInstallation(SIFU_AUTOSAVE_INTERVAL="0")
    with running, running_service(running.root / "git") as service:
        running.await_fork_server()
        yield School(running, *_repository(running.root, service))


def _repository(root: Path, service: GitService) -> tuple[Upstream, str]:
    made = Upstream.make(root / "git" / "maths" / COURSE)
    made.commit({"README.md": "# Statistics\n", "week1/means.ipynb": MEANS}, "Begin")
    made.commit({"week1/spread.ipynb": SPREAD, "data/heights.csv": "height\n171\n"}, "Spread")
    made.commit({"sifu.toml": OUTLINE, "week2/samples.md": SAMPLES}, "An outline")
    return made, service.url(made)


@dataclass
class Album:
    """Keeps pictures, if somebody wants them."""

    folder: str = field(default_factory=lambda: os.environ.get("SCREENSHOTS", ""))
    guide: str = field(default_factory=lambda: os.environ.get("TEACHING_PICTURES", ""))
    number: int = 0

    def keep(self, page: Page, name: str, *, whole: bool = True) -> None:
        """Keep the page as it is now, in every look."""
        if not self.folder:
            return
        self.number += 1
        for look, size, scheme in (
            ("light", _DESKTOP, "light"),
            ("dark", _DESKTOP, "dark"),
            ("phone", _PHONE, "light"),
        ):
            page.set_viewport_size({"width": size["width"], "height": size["height"]})
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            place = Path(self.folder, f"{self.number:02}-{name}-{look}.png")
            page.screenshot(path=place, full_page=whole)
        page.set_viewport_size({"width": 1280, "height": 800})
        page.emulate_media(color_scheme="light")

    def show(self, page: Page, name: str, height: int = 800) -> None:
        """Make a picture of the guide."""
        if self.guide:
            page.set_viewport_size({"width": 1280, "height": height})
            page.screenshot(path=Path(self.guide, f"teaching-{name}.png"))
            page.set_viewport_size({"width": 1280, "height": 800})


@dataclass
class Person:
    """Somebody with a browser of their own."""

    school: School
    context: BrowserContext
    page: Page

    def go(self, path: str) -> None:
        self.page.goto(self.school.running.front + path)

    def heading(self, text: str) -> Locator:
        return self.page.get_by_role("heading", level=1, name=text)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()


def sign_in(school: School, browser: Browser, name: str = "", link: str = "") -> Person:
    """Sign somebody in by a link, in a browser that has nobody else's cookies."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(60_000)
    page = context.new_page()
    page.goto(link or school.running.link_of(name))
    expect(page).to_have_url(f"{school.running.front}/")
    return Person(school, context, page)


class Lesson(CourseTab):
    """A notebook of the course in JupyterLab: what is typed and run is its cell of code."""

    @property
    def cell(self) -> Locator:
        shown = ".jp-NotebookPanel:not(.lm-mod-hidden)"
        return self.place.locator(f"{shown} .jp-CodeCell .cm-content").first

    @property
    def output(self) -> Locator:
        shown = ".jp-NotebookPanel:not(.lm-mod-hidden)"
        return self.place.locator(f"{shown} .jp-OutputArea-output").first

    def calculate(self, result: str) -> None:
        self.cell.click()
        self.page.keyboard.press("Control+Enter")
        expect(self.output).to_have_text(result, timeout=SLOW)


def in_lab(person: Person, name: str, page: Page | None = None) -> Lesson:
    """Wait until JupyterLab shows this notebook, before others that were open there."""
    place = page or person.page
    place.wait_for_url(f"{person.school.running.notebooks}/**", timeout=SLOW)
    tab = Lesson(person.school.running, place, place)
    current = place.locator("#jp-main-dock-panel .lm-TabBar-tab.lm-mod-current")
    expect(current).to_contain_text(f"{name}.ipynb", timeout=SLOW)
    tab.expect_open()
    return tab
