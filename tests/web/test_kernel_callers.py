"""Whose kernel speaks: the operating system says it, the request does not."""

import os
import sys
from collections.abc import AsyncIterator

import aiohttp
import pytest
from sqlalchemy import Connection, update

from proxy.store import users
from proxy.store.tables import users as user_table
from proxy.web import keys
from proxy.web.local_peers import LocalPeers
from tests.web.courses import Course, running_course
from tests.web.page_front import ORIGIN, Answer, Pages

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
OWN_ACCOUNT = range(os.getuid(), os.getuid() + 1)
SCORE = {"notebook": "stats/week 1/means.ipynb", "given": 8, "most": 10, "comment": "Good"}


@pytest.fixture
async def course(pages: Pages) -> AsyncIterator[Course]:
    """Whatever asks from this machine asks as ada's kernel."""
    await pages.store.write(_set_uid, "ada", os.getuid())
    async with running_course(pages) as running:
        pages.app._frozen = False
        pages.app[keys.LOCAL_PEERS] = LocalPeers(OWN_ACCOUNT)
        yield running


def _set_uid(connection: Connection, slug: str, uid: int) -> None:
    connection.execute(update(user_table).where(user_table.c.slug == slug).values(uid=uid))


async def report(pages: Pages, **changes: object) -> Answer:
    return await pages.ask_bare("POST", "/api/scores", json=SCORE | changes)


async def test_ones_own_kernel_reports_ones_own_score(course: Course) -> None:
    answer = await report(course.pages)
    assert answer.status == 202, answer.text
    assert "The score 8 of 10 is on its way" in answer.text
    (score,) = await course.scores()
    assert (score.slug, score.link.id, score.new.by) == ("ada", course.link, "")
    await course.deliver()
    assert course.services.scores[0]["userId"] == "subject-ada"


async def test_a_path_of_the_system_is_below_ones_own_workspace(course: Course) -> None:
    home = course.pages.settings.notebooks / "ada/home"
    for path in (home / "stats/week 1/means.ipynb", home / "x/../stats/./week 1/means.ipynb"):
        assert (await report(course.pages, notebook=str(path))).status == 202
    other = course.pages.settings.notebooks / "bob/home/stats/week 1/means.ipynb"
    for path in (other, home / "../../bob/home/stats/week 1/means.ipynb", home):
        answer = await report(course.pages, notebook=str(path))
        assert answer.status == 404
        assert "was not opened from a graded link of a course page" in answer.text
        course.pages.clock.advance(5)


async def test_somebody_elses_credentials_change_nothing(course: Course) -> None:
    """Whatever a kernel may have got hold of: it is ada's, and reports for ada."""
    await course.arrive("bob", notebook="other", link="link-2")
    headers = {"Cookie": f"sifu={course.pages.secrets['bob']}", "Sec-Fetch-Site": "same-origin"}
    answer = await course.pages.ask_bare(
        "POST", "/api/scores", json=SCORE | {"notebook": "stats/other"}, headers=headers
    )
    assert answer.status == 404
    assert await course.scores() == []


@pytest.mark.parametrize(
    "path", ["stats/other", "other/week 1/means", "stats", "", "..", "/", "week 1/means.ipynb"]
)
async def test_another_notebook_has_no_link(course: Course, path: str) -> None:
    answer = await report(course.pages, notebook=path or "x")
    assert answer.status == 404


@pytest.mark.parametrize(
    "changes",
    [
        {"given": -1},
        {"given": 11},
        {"most": 0},
        {"given": float("nan")},
        {"most": float("inf"), "given": float("inf")},
        {"given": "8"},
        {"given": True},
        {"comment": "a" * 501},
        {"notebook": 7},
        {"more": 1},
    ],
)
async def test_an_odd_score_is_refused(course: Course, changes: dict[str, object]) -> None:
    answer = await report(course.pages, **changes)
    assert answer.status in {400, 422}, answer.text
    assert await course.scores() == []


async def test_one_a_second_after_the_first_few(course: Course) -> None:
    statuses = [(await report(course.pages)).status for _ in range(7)]
    assert statuses == [202] * 5 + [429] * 2
    course.pages.clock.advance(1)
    assert (await report(course.pages)).status == 202
    assert len([s for s in await course.scores() if s.state.value == "waiting"]) == 1


async def test_what_waits_is_bounded(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("proxy.web.grading.MOST_WAITING", 1)
    await course.arrive("ada", notebook="other", link="link-2")
    assert (await report(course.pages)).status == 202
    assert (await report(course.pages, notebook="stats/other")).status == 429


async def test_a_closed_account_reports_nothing(course: Course) -> None:
    store, ada = course.pages.store, course.pages.people["ada"]
    await store.write(users.disable, ada, 5.0)
    assert (await report(course.pages)).status == 403
    await store.write(users.remove, ada, 5.0)
    assert (await report(course.pages)).status == 403


async def test_what_is_no_kernel_is_refused(course: Course) -> None:
    course.pages.app[keys.LOCAL_PEERS] = LocalPeers(range(1, 2))
    answer = await report(course.pages)
    assert answer.status == 401
    assert "Only a notebook that runs here" in answer.text


async def test_who_comes_from_elsewhere_is_not_even_looked_up(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LocalPeers, "account_of", None)
    async with (
        aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(local_addr=("127.0.0.9", 0))
        ) as client,
        client.post(f"{ORIGIN}/api/scores", json=SCORE) as answer,
    ):
        assert answer.status == 401


async def test_where_people_have_no_accounts_it_says_so(course: Course) -> None:
    course.pages.app[keys.LOCAL_PEERS] = None
    answer = await report(course.pages)
    assert answer.status == 401
    assert "nobody could tell whose score it is" in answer.text
