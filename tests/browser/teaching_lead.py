"""What who leads a course does in the walk: add, list, update, look, help, count, put away."""

import re
import zipfile
from typing import Final

from playwright.sync_api import Browser, Download, Page, expect

from tests.browser.tab import SLOW
from tests.browser.teaching import (
    COURSE,
    MEANS,
    OUTLINE,
    SPREAD,
    TITLE,
    Album,
    Person,
    in_lab,
    lesson,
)

NEWS: Final = {
    "sifu.toml": OUTLINE.replace(
        '"week2/samples.md"',
        '"week2/tests.ipynb", title = "Tests" },\n  { path = "week2/samples.md"',
    ),
    "week1/means.ipynb": MEANS.replace("6]) / 3", "9]) / 3"),
    "week1/spread.ipynb": SPREAD.replace("How far", "Say how far"),
    "week2/tests.ipynb": lesson("Tests", "Is it chance?", "0.05 < 0.5"),
}


def add_the_course(admin: Person, album: Album) -> None:
    page = admin.page
    album.keep(page, "home-admin")
    page.get_by_role("link", name="Courses", exact=True).click()
    album.keep(page, "courses-empty")
    page.get_by_label("Name").fill(COURSE)
    page.get_by_label("Repository").fill(admin.school.url)
    album.show(page, "add")
    admin.press("Add")
    expect(admin.heading(COURSE).or_(admin.heading(TITLE))).to_be_visible()
    album.keep(page, "course-added")
    # All of it comes by itself: nobody has to load the page again.
    expect(page.get_by_text("Served", exact=True)).to_be_visible(timeout=SLOW)
    expect(page.get_by_role("button", name="Open Samples")).to_be_visible()
    expect(admin.heading(TITLE)).to_be_visible()
    album.keep(page, "overview")
    album.show(page, "course", 900)


def list_people(admin: Person, album: Album) -> None:
    page = admin.page
    page.get_by_role("link", name="People", exact=True).click()
    album.keep(page, "people-empty")
    for name, role in (("ann", "a teacher, who leads the course too"), ("ada", "a student")):
        page.get_by_label("User name").fill(name)
        page.locator("select[name=role]").select_option(role)
        admin.press("List")
        expect(page.get_by_role("row", name=re.compile(name))).to_be_visible()
    album.keep(page, "people-listed")


def copy_the_link(teacher: Person, album: Album) -> str:
    page = teacher.page
    album.keep(page, "home-teacher")
    teacher.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("link", name=TITLE).click()
    page.get_by_label("Links to Means").click()
    page.get_by_role("button", name="Copy: Launch link").click()
    expect(page.get_by_role("button", name="Copy: Launch link")).to_have_text("Copied")
    page.get_by_role("heading", name="Week 1").scroll_into_view_if_needed()
    album.show(page, "links")
    album.keep(page, "links")
    return str(page.evaluate("navigator.clipboard.readText()"))


def update(teacher: Person, album: Album) -> None:
    commit = teacher.school.repository.commit(dict(NEWS), "Week 2")
    page = teacher.page
    teacher.press("Update now")
    expect(page.get_by_text(commit[:8], exact=True)).to_be_visible(timeout=SLOW)
    expect(page.get_by_role("button", name="Open Tests")).to_be_visible()
    expect(page.get_by_role("button", name="Update now")).to_be_enabled()
    album.keep(page, "updated")


def look(teacher: Person, album: Album) -> None:
    """The list of people, and the files of one of them, to read and to keep."""
    page = teacher.page
    page.get_by_role("link", name="People", exact=True).click()
    choices(page)
    album.keep(page, "people")
    album.show(page, "people", 700)
    page.get_by_role("link", name="Look at the files").click()
    expect(teacher.heading("Files of ada")).to_be_visible()
    page.get_by_role("link", name="week1/").click()
    expect(page.get_by_role("link", name="means.ipynb", exact=True)).to_be_visible()
    album.keep(page, "files")
    album.show(page, "files", 600)
    page.get_by_role("link", name="means.ipynb", exact=True).click()
    expect(page.get_by_text("Files of ada")).to_be_visible()
    album.keep(page, "look")
    page.get_by_text("Files of ada").click()
    page.get_by_role("link", name="People of the course").click()
    expect(page.get_by_role("row", name=re.compile("ada"))).to_be_visible()


def collect(teacher: Person) -> None:
    page = teacher.page
    choices(page)
    with page.expect_download() as one:
        page.get_by_role("link", name="Download as zip").click()
    assert "sum([2, 4, 9])" in whole_text(one.value)
    teacher.go(f"/courses/{COURSE}")
    with page.expect_download() as all_of_them:
        teacher.press("Download all students' copies")
    assert "sum([2, 4, 9])" in whole_text(all_of_them.value)


def give_help(teacher: Person, student: Person, album: Album) -> None:
    page = teacher.page
    page.on("dialog", lambda dialog: dialog.accept())
    teacher.go(f"/courses/{COURSE}/people")
    choices(page)
    teacher.press("Help in their notebooks")
    expect(teacher.heading("You are helping ada")).to_be_visible()
    album.keep(page, "help")
    album.show(page, "help", 640)
    with teacher.context.expect_page() as opened:
        page.get_by_role("link", name=re.compile("^Open ada.s notebooks")).click()
    theirs = opened.value
    theirs.wait_for_url(f"{teacher.school.running.notebooks}/user/ada/**", timeout=SLOW)
    theirs.get_by_role("listitem", name=re.compile("week1")).dblclick(timeout=SLOW)
    theirs.get_by_role("listitem", name=re.compile(r"Name: means\.ipynb")).dblclick()
    tab = in_lab(teacher, "means", theirs)
    tab.type("sum([1, 1, 4]) / 3")
    tab.calculate("2.0")
    album.keep(theirs, "helping-lab", whole=False)
    with teacher.context.expect_page() as course:
        tab.choose("Open Course Page")
    course.value.wait_for_load_state()
    album.keep(course.value, "helping-course-page")
    course.value.close()
    theirs.close()
    student.go("/")
    expect(student.page.get_by_text("ann is helping you in your workspace now")).to_be_visible()
    album.keep(student.page, "home-helped")
    page.get_by_role("link", name="Stop helping").click()
    teacher.press("They are closed: stop helping")
    expect(page.get_by_role("row", name=re.compile("ada"))).to_be_visible()
    expect(page.get_by_text("You are helping")).to_have_count(0)


def count(teacher: Person, album: Album) -> None:
    """The openings come to the statistics as the relay saw them, some seconds later."""
    page = teacher.page
    page.get_by_role("link", name="Statistics", exact=True).click()
    for _ in range(60):
        if page.get_by_role("heading", name="Who opened what").is_visible():
            break
        page.wait_for_timeout(1000)
        page.reload()
    expect(page.get_by_role("group", name="Map of students and notebooks")).to_be_visible()
    opened = page.get_by_role("group", name="List of notebooks")
    expect(opened.get_by_role("row", name=re.compile("week1.means"))).to_be_visible()
    album.keep(page, "statistics")
    album.show(page, "statistics", 1100)


def put_away(teacher: Person, student: Person, album: Album, link: str) -> None:
    page = teacher.page
    page.get_by_role("link", name="Overview", exact=True).click()
    page.get_by_text("Archive", exact=True).first.click()
    teacher.press("Archive")
    expect(page.get_by_text("Archived", exact=True)).to_be_visible()
    album.keep(page, "archived")
    student.page.goto(link)
    album.keep(student.page, "archived-student")
    expect(student.heading(f"{TITLE} is over")).to_be_visible()
    assert student.page.url.startswith(student.school.running.front)
    student.go("/")
    expect(student.page.get_by_text(TITLE)).to_have_count(0)


def choices(page: Page) -> None:
    page.get_by_label("Help… ada").click()


def whole_text(download: Download) -> str:
    with zipfile.ZipFile(download.path()) as packed:
        names = [name for name in packed.namelist() if name.endswith(".ipynb")]
        return "".join(packed.read(name).decode() for name in names)


def read_as_nobody(browser: Browser, album: Album, link: str) -> None:
    """Somebody who is not signed in reads what was shared."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(link)
    expect(page.get_by_role("heading", name="Means").first).to_be_visible()
    expect(page.get_by_text("sum([2, 4, 9]) / 3")).to_be_visible()
    album.keep(page, "snapshot")
    album.show(page, "snapshot", 600)
    context.close()
