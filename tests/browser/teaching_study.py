"""What a student does in the walk: follow a link, work, come again, reset, share."""

import json
from pathlib import Path
from typing import Final

from playwright.sync_api import expect

from tests.browser.tab import SLOW
from tests.browser.teaching import COURSE, TITLE, Album, Lesson, Person, in_lab
from tests.browser.test_course_menu import PAGE, RESET, SHARE

MINE: Final = "sum([2, 4, 9]) / 3"


def begin(student: Person, album: Album, link: str) -> Lesson:
    page = student.page
    album.keep(page, "home-student-before")
    page.goto(link)
    album.keep(page, "join")
    album.show(page, "join", 420)
    student.press("Open the notebook")
    page.wait_for_url("**/start/**")
    tab = in_lab(student, "means")
    tab.calculate("3.0")
    tab.type(MINE)
    tab.calculate("5.0")
    tab.save()
    await_text(student.school.copy_of("ada") / "week1/means.ipynb", MINE, tab)
    album.keep(page, "lab", whole=False)
    album.show(page, "lab")
    return tab


def open_another(student: Person, album: Album) -> None:
    """A second notebook, from the course's page."""
    student.go("/")
    album.keep(student.page, "home-student")
    student.page.get_by_role("link", name=TITLE, exact=True).click()
    album.keep(student.page, "course-student")
    student.page.get_by_role("button", name="Open Spread").click()
    in_lab(student, "spread").calculate("5")


def come_again(student: Person, album: Album, link: str) -> Lesson:
    """What is new is there; what was changed is as it was, and the new one lies beside it."""
    page = student.page
    page.goto(link)
    expect(page.get_by_text("new version of “week1/means.ipynb”")).to_be_visible(timeout=SLOW)
    album.keep(page, "told")
    album.show(page, "told", 460)
    student.press("Go on to the notebook")
    tab = in_lab(student, "means")
    expect(tab.cell).to_have_text(MINE)
    copy = student.school.copy_of("ada")
    assert (copy / "week2/tests.ipynb").exists()
    assert "Say how far" in (copy / "week1/spread.ipynb").read_text()
    assert MINE in (copy / "week1/means.ipynb").read_text()
    beside = [each for each in (copy / "week1").glob("means*") if each.name != "means.ipynb"]
    assert [code_of(each) for each in beside] == ["sum([1, 2, 9]) / 3"]
    album.keep(page, "lab-again", whole=False)
    with student.context.expect_page() as opened:
        tab.choose(PAGE)
    course = opened.value
    course.wait_for_url(f"{student.school.running.front}/courses/{COURSE}")
    expect(course.get_by_role("button", name="Open Tests")).to_be_visible()
    expect(course.get_by_role("heading", name="About your files")).to_have_count(0)
    album.keep(course, "course-student-again")
    course.close()
    return tab


def share(student: Person, album: Album, tab: Lesson) -> str:
    tab.open_menu()
    album.show(tab.page, "menu")
    album.keep(tab.page, "menu", whole=False)
    with student.context.expect_page() as opened:
        tab.entry(SHARE).click()
    window = opened.value
    window.get_by_role("button", name="Share it").wait_for()
    album.keep(window, "share")
    window.get_by_role("button", name="Share it").click()
    window.wait_for_url("**/snapshots?made=*")
    album.keep(window, "shared")
    link = window.get_by_role("textbox", name="The link").input_value()
    window.get_by_role("button", name="Close this window").click()
    expect_closed(window.is_closed, tab)
    return link


def reset(student: Person, album: Album, tab: Lesson) -> None:
    """The original is shown in the same document; what it held is beside it, with the date."""
    folder = student.school.copy_of("ada") / "week1"
    before = set(folder.iterdir())
    with student.context.expect_page() as opened:
        tab.choose(RESET)
    window = opened.value
    window.get_by_role("button", name="Reset it").wait_for()
    album.keep(window, "reset")
    album.show(window, "reset", 480)
    window.get_by_role("button", name="Reset it").click()
    window.get_by_role("link", name="Back to the notebook").wait_for()
    album.keep(window, "reset-done")
    window.get_by_role("link", name="Back to the notebook").click()
    expect(tab.cell).to_have_text("sum([1, 2, 9]) / 3", timeout=SLOW)
    expect_closed(window.is_closed, tab)
    (kept,) = set(folder.iterdir()) - before
    assert code_of(kept) == MINE
    album.keep(tab.page, "lab-reset", whole=False)
    tab.expect_unharmed()


def code_of(path: Path) -> str:
    cells = json.loads(path.read_text())["cells"]
    return next("".join(each["source"]) for each in cells if each["cell_type"] == "code")


def await_text(path: Path, text: str, tab: Lesson) -> None:
    for _ in range(300):
        if text in path.read_text():
            return
        tab.page.wait_for_timeout(100)
    raise AssertionError(f"{text} is not in {path}")


def expect_closed(is_closed: object, tab: Lesson) -> None:
    assert callable(is_closed)
    for _ in range(100):
        if is_closed():
            return
        tab.page.wait_for_timeout(100)
    raise AssertionError("the small window is still open")
