"""Resetting: asked first, one's own alone, and nothing of it is lost."""

from pathlib import Path
from urllib.parse import quote

import pytest

from proxy.core.course import Course, Interface, Outline
from proxy.core.events import EventKind
from proxy.core.lti_roles import CourseRole
from proxy.core.policy import Workspaces
from proxy.store import course_people, courses, events
from proxy.store.database import Store
from proxy.store.events import Wanted
from proxy.web import keys
from tests.conftest import FakeClock
from tests.web.page_front import Pages, run_pages

PAGE = "/courses/stats/reset"
PATH = "week 1/means.ipynb"
SHOWN = f"{PAGE}?path={quote(PATH)}"
MINE = {"path": PATH}


async def place_course(pages: Pages) -> None:
    source = pages.settings.data / "course-versions/stats/v1/week 1"
    source.mkdir(parents=True)
    (source / "means.ipynb").write_text("original")
    for name in ("ada", "bob"):
        await pages.store.write(
            course_people.set_role, "stats", pages.people[name].id, CourseRole.STUDENT, 1.0
        )
    await pages.store.write(courses.add, Course("stats", "", 0.0, version="v1"))


@pytest.fixture
async def course(pages: Pages) -> Pages:
    """`ada` and `bob` are students, `root` leads."""
    await place_course(pages)
    return pages


def mine(pages: Pages, who: str = "ada") -> Path:
    return pages.settings.notebooks / who / "home/stats"


async def test_get_changes_nothing_and_says_what_will_happen(course: Pages) -> None:
    file = mine(course, "root") / PATH
    file.parent.mkdir(parents=True)
    file.write_text("mine")
    page = await course.ask("GET", SHOWN, "root")
    assert page.status == 200
    assert "means.ipynb" in page.text
    assert "is kept" in page.text
    assert file.read_text() == "mine"


async def test_the_original_comes_back_and_ones_own_stays_beside_it(course: Pages) -> None:
    file = mine(course, "ada") / PATH
    file.parent.mkdir(parents=True)
    file.write_text("mine")
    done = await course.ask("POST", PAGE, "ada", data=MINE)
    assert done.status == 200
    assert file.read_text() == "original"
    (kept,) = [each for each in file.parent.iterdir() if each != file]
    assert kept.read_text() == "mine"
    assert kept.name in done.text
    again = await course.ask("POST", PAGE, "ada", data=MINE)
    assert "Nothing of yours had to be kept" in again.text
    assert len(list(file.parent.iterdir())) == 2
    await course.app[keys.EVENTS].write()
    wanted = Wanted(kind=EventKind.WORKSPACE_RESET)
    found = await course.store.read(events.find, wanted, limit=9)
    assert [(each.event.user, each.event.course) for each in found] == [("ada", "stats")] * 2


async def test_all_of_it_can_be_reset(course: Pages) -> None:
    file = mine(course, "root") / "notes.txt"
    file.parent.mkdir(parents=True)
    file.write_text("mine")
    done = await course.ask("POST", PAGE, "root", data={"path": ""})
    assert (mine(course, "root") / PATH).read_text() == "original"
    (kept,) = [each for each in mine(course, "root").parent.iterdir() if each.name != "stats"]
    assert (kept / "notes.txt").read_text() == "mine"
    assert kept.name in done.text


@pytest.mark.parametrize("path", ["../../x", "/etc/passwd", "a//b", "none.ipynb", "..", "a\\b"])
async def test_what_the_course_does_not_have_is_not_reset(course: Pages, path: str) -> None:
    answer = await course.ask("POST", PAGE, "root", data={"path": path})
    assert answer.status == 404


async def test_a_folder_that_is_something_else_is_told(course: Pages) -> None:
    mine(course, "root").mkdir(parents=True)
    (mine(course, "root") / "week 1").write_text("mine")
    answer = await course.ask("POST", PAGE, "root", data=MINE)
    assert answer.status == 409
    assert "Rename it" in answer.text
    assert (mine(course, "root") / "week 1").read_text() == "mine"


async def test_nobody_resets_for_somebody_else(course: Pages) -> None:
    file = mine(course) / PATH
    file.parent.mkdir(parents=True)
    file.write_text("hers")
    for method, form in (("GET", {}), ("POST", MINE | {"server": "ada/home"})):
        where = f"{SHOWN}&server=ada%2Fhome" if method == "GET" else PAGE
        assert (await course.ask(method, where, "root", data=form or None)).status == 403
    assert file.read_text() == "hers"


async def test_who_does_not_know_of_the_course_does_not_learn_of_it(course: Pages) -> None:
    await course.add("eve")
    await course.sign_in("eve")
    assert (await course.ask("GET", SHOWN, "eve")).status == 404
    assert (await course.ask("POST", PAGE, "eve", data=MINE)).status == 404
    assert not mine(course, "eve").exists()


async def test_a_small_window_leads_back_into_the_notebook(course: Pages) -> None:
    page = await course.ask("GET", f"{SHOWN}&window=1&server=root%2Fhome", "root")
    assert 'name="window" value="1"' in page.text
    done = await course.ask(
        "POST", PAGE, "root", data=MINE | {"window": "1", "server": "root/home"}
    )
    assert "/open/root/home/lab/extensions/sifu-coming-back/back.html" in done.text


async def test_from_a_page_the_way_on_opens_in_what_the_course_wants(course: Pages) -> None:
    outline = Outline(interface=Interface.NOTEBOOK)
    await course.store.write(courses.put, Course("stats", "", 0.0, version="v1", outline=outline))
    page = await course.ask("GET", SHOWN, "ada")
    assert "/open/ada/home/notebooks/stats/week%201/means.ipynb" in page.text
    page = await course.ask("GET", f"{PAGE}?path=data.csv", "ada")
    assert "/open/ada/home/lab/tree/stats/data.csv" in page.text


async def test_what_all_share_is_reset_by_who_leads(
    store: Store, clock: FakeClock, tmp_path: Path
) -> None:
    async with run_pages(store, clock, tmp_path, workspaces=Workspaces.SHARED) as pages:
        await place_course(pages)
        notebook = pages.settings.notebooks / "stats" / PATH
        notebook.parent.mkdir(parents=True)
        notebook.write_text("everybody's")
        assert (await pages.ask("POST", PAGE, "ada", data=MINE)).status in {403, 404}
        assert notebook.read_text() == "everybody's"
        assert (await pages.ask("POST", PAGE, "root", data=MINE)).status == 200
        assert notebook.read_text() == "original"
