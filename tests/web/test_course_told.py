"""A launch tells what it laid beside somebody's own before it goes on, once."""

from collections.abc import AsyncIterator

import pytest

from tests.web.page_front import Pages
from tests.web.teaching import add_course, put_notebook

OPEN = "/courses/stats/open/week%201/means"
TOLD = "/courses/stats/told?notebook=week%201/means"
THERE = "/open/ada/home/lab/tree/stats/week%201/means.ipynb"
MINE = {"notebook": "week 1/means"}


@pytest.fixture
async def changed(pages: Pages) -> AsyncIterator[Pages]:
    """`ada` has written into her notebook, and the course has a new version of it since."""
    course = await add_course(pages)
    put_notebook(pages, "week 1/means.ipynb")
    assert (await pages.ask("POST", OPEN, "ada")).headers["Location"] == THERE
    folder = pages.settings.notebooks / "ada/home/stats/week 1"
    (folder / "means.ipynb").write_text("mine")
    served = pages.settings.data / "course-versions/stats" / course.version / "week 1/means.ipynb"
    served.write_text("new, and longer")
    yield pages
    assert (folder / "means.ipynb").read_text() == "mine"


async def test_it_is_told_on_the_way_and_then_not_again(changed: Pages) -> None:
    assert (await changed.ask("POST", OPEN, "ada")).headers["Location"] == TOLD
    page = await changed.ask("GET", TOLD, "ada")
    assert page.status == 200
    assert "new version of “week 1/means.ipynb”" in page.text
    again = await changed.ask("GET", TOLD, "ada")
    assert "new version of" in again.text, "GET changes nothing"
    answer = await changed.ask("POST", TOLD, "ada", data=MINE)
    assert (answer.status, answer.headers["Location"]) == (303, THERE)
    assert "new version of" not in (await changed.ask("GET", TOLD, "ada")).text
    assert (await changed.ask("POST", OPEN, "ada")).headers["Location"] == THERE


async def test_it_goes_on_to_notebooks_of_the_course_alone(changed: Pages) -> None:
    for notebook in ("../../x", "/x", "a//b"):
        answer = await changed.ask("POST", TOLD, "ada", data={"notebook": notebook})
        assert answer.status == 404, notebook
        asked = await changed.ask("GET", f"/courses/stats/told?notebook={notebook}", "ada")
        assert asked.status == 404, notebook


async def test_nobody_else_sees_that_there_is_a_course(changed: Pages) -> None:
    await changed.add("eve")
    await changed.sign_in("eve")
    assert (await changed.ask("GET", TOLD, "eve")).status == 404
    assert (await changed.ask("POST", TOLD, "eve", data=MINE)).status == 404


async def test_it_is_shown_in_a_course_page_as_the_notebook_is(changed: Pages) -> None:
    policies = [
        (await changed.ask("GET", path, "ada")).headers["Content-Security-Policy"]
        for path in (TOLD, "/courses/stats/reset")
    ]
    assert policies[0].split("frame-ancestors")[1] == policies[1].split("frame-ancestors")[1]


async def test_what_is_in_the_way_does_not_stop_every_launch(pages: Pages) -> None:
    await add_course(pages)
    for path in ("week 1/means.ipynb", "data/heights.csv"):
        put_notebook(pages, path)
    mine = pages.settings.notebooks / "ada/home/stats/data"
    mine.parent.mkdir(parents=True)
    mine.write_text("a file of hers")
    assert (await pages.ask("POST", OPEN, "ada")).headers["Location"] == THERE
    assert "could not be brought" in (await pages.ask("GET", "/courses/stats", "ada")).text
