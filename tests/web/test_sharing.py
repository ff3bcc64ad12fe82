"""Who may share what, and what is kept of it."""

from pathlib import Path

import pytest
from aiohttp.test_utils import make_mocked_request

from proxy.core.errors import Conflict, Forbidden, NotFound
from proxy.core.identity import SHARED, Identity, ServerName
from proxy.core.lti_roles import CourseRole
from proxy.core.policy import Workspaces
from proxy.store import course_people, snapshots
from proxy.web import keys, sharing
from tests.web.page_front import Pages, run_pages
from tests.web.sharing import FORM, PATH, home, quicken, shared


def as_(pages: Pages, who: str):
    request = make_mocked_request("POST", "/snapshots/new", app=pages.app)
    request[keys.IDENTITY] = Identity(pages.people[who], session_id="s")
    return request


async def test_without_a_name_it_is_ones_own_workspace(pages: Pages) -> None:
    own = await sharing.require_own_server(as_(pages, "ada"), "")
    assert own == ServerName("ada", "home")
    assert await sharing.require_own_server(as_(pages, "ada"), "ada/home") == own


async def test_an_administrator_does_not_share_for_others(pages: Pages) -> None:
    with pytest.raises(Forbidden):
        await sharing.require_own_server(as_(pages, "root"), "ada/home")
    with pytest.raises(NotFound):
        await sharing.require_own_server(as_(pages, "ada"), "no server")


async def test_who_may_open_anothers_to_help_shares_nothing_of_it(
    pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def admit(*_: object) -> ServerName:
        return ServerName("ada", "home")

    monkeypatch.setattr(sharing, "admit", admit)
    with pytest.raises(Forbidden, match="your own workspace"):
        await sharing.require_own_server(as_(pages, "bob"), "ada/home")


async def test_a_course_is_named_only_where_there_is_one(pages: Pages) -> None:
    home(pages)
    quicken(pages)
    assert (await shared(pages)).course == ""
    ada = pages.people["ada"].id
    await pages.store.write(course_people.set_role, "stats", ada, CourseRole.STUDENT, 1.0)
    assert (await shared(pages)).course == "stats"


async def test_where_all_share_a_workspace_all_may_share_from_it(
    store, clock, tmp_path: Path
) -> None:
    async with run_pages(store, clock, tmp_path, workspaces=Workspaces.SHARED) as pages:
        folder = pages.settings.notebooks / "stats" / "week 1"
        folder.mkdir(parents=True)
        (folder / "means.ipynb").write_text("{}")
        quicken(pages)
        for who in ("ada", "bob"):
            assert await sharing.require_own_server(as_(pages, who), "") == SHARED
            form = FORM | {"server": ""}
            assert (await pages.ask("POST", "/snapshots/new", who, data=form)).status == 303


async def test_no_room_for_the_page_leaves_nothing(pages: Pages) -> None:
    home(pages)
    quicken(pages)
    pages.app[keys.SNAPSHOTS]._files._spare = 2**60
    answer = await pages.ask("POST", "/snapshots/new", "ada", data=FORM)
    assert answer.status == Conflict.status
    assert "disk is nearly full" in answer.text
    assert await pages.store.read(snapshots.tokens) == set()


async def test_the_real_renderer_makes_the_real_page(pages: Pages) -> None:
    home(pages)
    pages.app[keys.SNAPSHOTS]._files._spare = 0
    made = await shared(pages)
    answer = await pages.ask("GET", f"/snapshots/{made.token}")
    assert "<h1>Means</h1>" in answer.text
    assert PATH in answer.text
    assert made.size == len(answer.text.encode())
