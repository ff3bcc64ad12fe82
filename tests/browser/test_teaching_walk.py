"""From adding a course to its heat map: an administrator, a teacher and a student, for real."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser import teaching_lead as lead
from tests.browser import teaching_study as study
from tests.browser.teaching import Album, School, running_school, sign_in
from tests.browser.test_first_five_minutes import _FLAGS
from tests.conftest import CHROMIUM
from tests.system.isolated import needs_accounts

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300), needs_accounts()]


@pytest.fixture
def school() -> Iterator[School]:
    """Before the browser, whose driver runs an event loop in this thread."""
    with running_school() as made:
        yield made


@pytest.fixture
def browser() -> Iterator[Browser]:
    with sync_playwright() as driver:
        launched = driver.chromium.launch(executable_path=str(CHROMIUM), args=_FLAGS)
        yield launched
        launched.close()


def test_a_course_is_taught_from_its_repository_to_its_heat_map(
    school: School, browser: Browser
) -> None:
    album = Album()
    for name in ("ann", "ada"):
        school.running.sifu("user", "add", name, "--link")
    admin = sign_in(school, browser, link=school.running.link)
    lead.add_the_course(admin, album)
    lead.list_people(admin, album)
    teacher = sign_in(school, browser, "ann")
    student = sign_in(school, browser, "ada")

    link = lead.copy_the_link(teacher, album)
    study.begin(student, album, link)
    study.open_another(student, album)
    lead.update(teacher, album)
    tab = study.come_again(student, album, link)
    lead.read_as_nobody(browser, album, study.share(student, album, tab))
    lead.look(teacher, album)
    lead.collect(teacher)
    study.reset(student, album, tab)
    lead.give_help(teacher, student, album)
    lead.count(teacher, album)
    lead.put_away(teacher, student, album, link)
    expect(student.page.get_by_role("heading", level=1)).to_be_visible()
