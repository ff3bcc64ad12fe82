"""The list of courses: to each their own; what is secret goes in and does not come out."""

import json
import re
from dataclasses import replace

import pytest

from proxy.core.course import Enrolment
from proxy.core.errors import UnprocessableInput
from proxy.store import courses
from proxy.web import keys
from proxy.web.course_list import read_wish
from tests.web.page_front import Answer, Pages
from tests.web.teaching import add_course, list_person

NEW = {"name": "maths", "url": "https://git.example.org/maths", "enrolment": "open"}


async def add(pages: Pages, who: str = "root", **changes: str) -> Answer:
    return await pages.ask("POST", "/courses/new", who, data=NEW | changes)


async def test_each_sees_their_own_courses(pages: Pages) -> None:
    await add_course(pages, problem="The branch is gone.")
    await pages.add("eve")
    await pages.sign_in("eve")
    leading = (await pages.ask("GET", "/courses", "bob")).text
    assert "Statistics &lt;for&gt; all" in leading
    assert "a1b2c3d4" in leading
    assert "The branch is gone." in leading
    learning = (await pages.ask("GET", "/courses", "ada")).text
    assert "Statistics &lt;for&gt; all" in learning
    assert "The branch is gone." not in learning
    assert "a1b2c3d4" not in learning
    nobody = (await pages.ask("GET", "/courses", "eve")).text
    assert "Statistics" not in nobody
    assert "your user name is <strong>eve</strong>" in nobody


async def test_folders_without_a_repository_are_listed_for_administrators(pages: Pages) -> None:
    image, by_hand = put_courses(pages)
    assert await shown(pages, "root") == [
        (by_hand, "placed by hand"),
        (image, "came with the image"),
    ]
    assert "of-image" not in (await pages.ask("GET", "/courses", "bob")).text
    assert (await pages.ask("GET", f"/courses/{image}", "bob")).status == 404
    for name in (image, by_hand):
        page = await pages.ask("GET", f"/courses/{name}", "root")
        assert page.status == 200
        assert "week/means" in page.text
    assert (await pages.ask("GET", "/courses/neither", "root")).status == 404


async def shown(pages: Pages, who: str) -> list[tuple[str, str]]:
    """Return the names of the courses that somebody leads, and what is said of them."""
    text = (await pages.ask("GET", "/courses", who)).text
    return re.findall(r'class="who" href="/courses/([^"]+)".*?class="muted">([^<]+)<', text, re.S)


def put_courses(pages: Pages) -> tuple[str, str]:
    """Put one where an image has its own, and one where an operator puts theirs."""
    shelf = pages.app[keys.COURSE_SHELF]
    shelf.places = replace(shelf.places, image=pages.settings.data / "image")
    image, by_hand = "of-image", "by-hand"
    for folder in (shelf.places.image / image, shelf.places.placed_by_hand(by_hand)):
        (folder / "week").mkdir(parents=True)
        (folder / "week/means.ipynb").write_text("{}")
    (shelf.places.image / "courses.json").write_text(json.dumps({image: "."}))
    return image, by_hand


async def test_an_archived_course_is_folded_away_and_hidden_from_students(pages: Pages) -> None:
    await add_course(pages, archived=5.0)
    assert "1 archived course" in (await pages.ask("GET", "/courses", "bob")).text
    assert "Statistics" not in (await pages.ask("GET", "/courses", "ada")).text
    assert "Statistics" not in (await pages.ask("GET", "/", "ada")).text


async def test_only_an_administrator_adds_a_course(pages: Pages) -> None:
    await add_course(pages)
    for who in ("bob", "ada"):
        assert "/courses/new" not in (await pages.ask("GET", "/courses", who)).text
        assert (await add(pages, who)).status == 403
    assert await pages.store.read(courses.find, "maths") is None
    assert "/courses/new" in (await pages.ask("GET", "/courses", "root")).text
    answer = await add(pages, token="t0p-secret")
    assert (answer.status, answer.location) == (303, "/courses/maths")
    found = await pages.store.read(courses.find, "maths")
    assert found is not None
    assert (found.url, found.enrolment) == (NEW["url"], Enrolment.OPEN)
    for path in ("/courses", "/courses/maths"):
        assert "t0p-secret" not in (await pages.ask("GET", path, "root")).text


async def test_what_was_typed_stays_but_for_what_is_secret(pages: Pages) -> None:
    answer = await add(pages, name="..", deploy_key="-----BEGIN KEY-----", branch="main<")
    assert answer.status == 422
    assert 'role="alert"' in answer.text
    assert 'value=".."' in answer.text
    assert 'value="main&lt;"' in answer.text
    assert "BEGIN KEY" not in answer.text


async def test_a_name_that_is_taken_is_told(pages: Pages) -> None:
    await add_course(pages)
    answer = await add(pages, name="stats")
    assert answer.status == 409
    assert "stats" in answer.text


def test_a_form_says_what_it_does_not_hold() -> None:
    wish = read_wish(NEW | {"deploy_key": "  key\n\n"})
    assert (wish.token, wish.deploy_key) == (None, "key\n")
    assert "key" not in repr(wish).replace("deploy_key", "")
    with pytest.raises(UnprocessableInput):
        read_wish(NEW | {"enrolment": "x"})


async def test_a_course_that_is_open_is_offered_to_everybody(pages: Pages) -> None:
    await add_course(pages, enrolment=Enrolment.OPEN)
    await pages.add("eve")
    await pages.sign_in("eve")
    assert 'href="/courses/stats/open/"' in (await pages.ask("GET", "/courses", "eve")).text
    assert "Statistics" not in (await pages.ask("GET", "/", "eve")).text
    await list_person(pages, "eve")
    assert "Statistics" in (await pages.ask("GET", "/", "eve")).text
