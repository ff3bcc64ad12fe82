"""What teachers do with students' copies: with those of their own people alone."""

import io
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import cast

import pytest
from aiohttp.test_utils import make_mocked_request

from proxy.core.events import EventKind
from proxy.core.identity import ServerName
from proxy.core.policy import Workspaces
from proxy.courses.told import Told
from proxy.store import events
from proxy.store.database import Store
from proxy.store.events import Wanted
from proxy.web import keys
from proxy.web.course_access import look
from proxy.web.course_copies import section_of
from tests.conftest import FakeClock
from tests.web.courses import Course, running_course
from tests.web.page_front import ORIGIN, OWN, PAGE, Pages, run_pages


@pytest.fixture
async def course(pages: Pages) -> AsyncIterator[Course]:
    """`bob` teaches `ada` in one place, `eve` is in another; all three have a copy."""
    source = pages.settings.data / "courses/stats"
    source.mkdir(parents=True)
    (source / "a.ipynb").write_text("original")
    await pages.add("eve")
    await pages.sign_in("eve")
    async with running_course(pages) as running:
        await running.arrive("eve", context="course-8", link="link-2")
        for name in ("ada", "bob", "eve"):
            await pages.app[keys.COURSE_FILES].hand_out(ServerName(name, "home"), "stats", "a")
            (copy_of(pages, name) / "mine.txt").write_text(f"written by {name}")
        yield running


def copy_of(pages: Pages, who: str) -> Path:
    return pages.settings.notebooks / who / "home/stats"


async def unpack(pages: Pages, path: str, who: str) -> dict[str, str]:
    headers = PAGE | OWN | {"Cookie": f"sifu={pages.secrets[who]}"}
    async with pages.client.get(ORIGIN + path, headers=headers) as answer:
        assert answer.status == 200, await answer.text()
        assert answer.content_type == "application/zip"
        assert "attachment" in answer.headers["Content-Disposition"]
        with zipfile.ZipFile(io.BytesIO(await answer.read())) as found:
            assert found.testzip() is None
            return {name: found.read(name).decode() for name in found.namelist()}


async def happened(pages: Pages, kind: EventKind) -> list[tuple[str, dict[str, str]]]:
    await pages.app[keys.EVENTS].write()
    found = await pages.store.read(events.find, Wanted(kind=kind), limit=9)
    return [(each.event.user, dict(each.event.about)) for each in found]


async def test_one_copy_as_a_zip(pages: Pages, course: Course) -> None:
    found = await unpack(pages, "/courses/stats/people/ada/files.zip", "bob")
    assert found == {"ada/stats/a.ipynb": "original", "ada/stats/mine.txt": "written by ada"}
    assert await happened(pages, EventKind.WORKSPACE_COLLECTED) == [
        ("bob", {"whom": "ada", "number": "1"})
    ]


async def test_all_copies_are_those_of_ones_own_people(pages: Pages, course: Course) -> None:
    of_bob = await unpack(pages, "/courses/stats/files.zip", "bob")
    assert {name for name in of_bob if name.endswith("mine.txt")} == {
        "ada/stats/mine.txt",
        "bob/stats/mine.txt",
    }
    of_root = await unpack(pages, "/courses/stats/files.zip", "root")
    assert of_root["eve/stats/mine.txt"] == "written by eve"
    assert await happened(pages, EventKind.WORKSPACE_COLLECTED) == [
        ("root", {"number": "3"}),
        ("bob", {"number": "2"}),
    ]


@pytest.mark.parametrize(
    ("who", "whom", "status"),
    [
        ("bob", "eve", 404),
        ("ada", "ada", 403),
        ("ada", "bob", 403),
        ("eve", "ada", 403),
        ("root", "nobody", 404),
    ],
)
async def test_others_are_out_of_reach(
    pages: Pages, course: Course, who: str, whom: str, status: int
) -> None:
    for method, path in (("GET", "files.zip"), ("POST", "files.zip"), ("POST", "clear")):
        answer = await pages.ask(method, f"/courses/stats/people/{whom}/{path}", who)
        assert answer.status == status, path
    assert (copy_of(pages, "eve") / "mine.txt").exists()
    assert not await happened(pages, EventKind.WORKSPACE_CLEARED)


async def test_students_collect_nothing(pages: Pages, course: Course) -> None:
    assert (await pages.ask("GET", "/courses/stats/files.zip", "ada")).status == 403


async def test_clearing_keeps_what_was_there_and_the_next_launch_begins_anew(
    pages: Pages, course: Course
) -> None:
    assert (await pages.ask("GET", "/courses/stats/people/ada/clear", "bob")).status == 405
    answer = await pages.ask("POST", "/courses/stats/people/ada/clear", "bob")
    assert answer.status == 200
    (kept,) = copy_of(pages, "ada").parent.iterdir()
    assert kept.name in answer.text
    assert (kept / "mine.txt").read_text() == "written by ada"
    assert await happened(pages, EventKind.WORKSPACE_CLEARED) == [("bob", {"whom": "ada"})]
    again = await pages.ask("POST", "/courses/stats/people/ada/clear", "bob")
    assert "has no copy" in again.text
    await pages.app[keys.COURSE_FILES].hand_out(ServerName("ada", "home"), "stats", "a")
    assert (copy_of(pages, "ada") / "a.ipynb").read_text() == "original"
    assert not (copy_of(pages, "ada") / "mine.txt").exists()


async def test_before_anybody_came_there_is_nothing_to_collect(pages: Pages) -> None:
    async with running_course(pages):
        answer = await pages.ask("GET", "/courses/stats/files.zip", "bob")
        assert answer.status == 409
        assert "has opened a notebook" in answer.text


async def test_where_all_share_there_are_no_copies(
    store: Store, clock: FakeClock, tmp_path: Path
) -> None:
    async with (
        run_pages(store, clock, tmp_path, workspaces=Workspaces.SHARED) as pages,
        running_course(pages),
    ):
        for path in ("files.zip", "people/ada/files.zip", "people/ada/clear"):
            answer = await pages.ask("POST", f"/courses/stats/{path}", "bob")
            assert answer.status == 409
            assert "same files" in answer.text


async def test_what_was_laid_beside_is_told_until_it_was_read(pages: Pages, course: Course) -> None:
    (copy_of(pages, "ada") / "a.ipynb").write_text("hers")
    (pages.settings.data / "courses/stats/a.ipynb").write_text("a new version")
    files, server = pages.app[keys.COURSE_FILES], ServerName("ada", "home")
    await files.hand_out(server, "stats", "a")
    request = make_mocked_request("GET", "/x", app=pages.app)
    view = await pages.store.read(look, "stats", pages.people["ada"])
    section = await section_of(request, view)
    (told,) = cast("list[Told]", section["copy_notices"])
    assert "new version 20" in told.sentence
    assert (copy_of(pages, "ada") / "a.ipynb").read_text() == "hers"
    answer = await pages.ask("POST", "/courses/stats/notices", "ada")
    assert answer.status == 303
    assert not (await section_of(request, view))["copy_notices"]
