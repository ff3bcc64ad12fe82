"""A teacher helps a student: one server, two hours at most, and the student reads of it."""

from pathlib import Path

import pytest

from proxy.auth.sessions import HELP_LIFETIME, LIFETIME
from proxy.core.credentials import API_TOKEN_PREFIX, hash_secret
from proxy.core.events import EventKind
from proxy.core.identity import ServerName
from proxy.core.lifecycle import State
from proxy.core.policy import Workspaces
from proxy.core.tokens import read_code
from proxy.store import api_tokens, course_people, events, sessions, users
from proxy.store.database import Store
from proxy.web import chores, keys
from proxy.web import opening as opening_module
from tests.conftest import FakeClock
from tests.web.courses import running_course
from tests.web.page_front import OWN, Pages, run_pages
from tests.web.teaching import add_course, begin_help, list_person

ADAS = ServerName("ada", "home")


async def test_the_session_before_ends_and_one_that_helps_begins(pages: Pages) -> None:
    await add_course(pages)
    before = await pages.app_session("bob")
    former = pages.secrets["bob"]
    answer = await begin_help(pages)
    assert (answer.status, answer.location) == (303, "/help")
    now = await pages.app_session("bob")
    assert (now.helping, now.course, now.user) == (ADAS, "stats", before.user)
    assert now.expires == pages.clock() + HELP_LIFETIME
    ended = await pages.store.read(sessions.get, before.id)
    assert ended is not None
    assert ended.ended == pages.clock()
    assert former != pages.secrets["bob"]


async def test_the_code_says_that_it_is_a_helpers_and_is_for_that_server(pages: Pages) -> None:
    await add_course(pages)
    await begin_help(pages)
    pages.server_is(State.READY)
    pages.clock.advance(opening_module.FORGOTTEN_SECONDS)
    answer = await pages.ask("GET", "/open/ada/home/lab", "bob")
    assert answer.status == 303
    grant = read_code(
        pages.settings.secrets, answer.location.partition("code=")[2], pages.clock()
    ).grant
    assert (grant.helper, grant.server, grant.user) == (True, ADAS, "bob")
    door = await pages.ask("GET", f"/enter/ada/home?door={hash_secret('d')}&target=lab", "bob")
    assert read_code(
        pages.settings.secrets, door.location.partition("code=")[2], pages.clock()
    ).grant.helper
    own = await pages.ask("GET", "/open/ada/home/lab", "ada")
    assert not read_code(
        pages.settings.secrets, own.location.partition("code=")[2], pages.clock()
    ).grant.helper


async def test_no_code_before_the_relays_forgot_the_session_before(
    pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The passes of it are in the same browser, for a page of the helped server to use."""
    waited: list[float] = []

    async def wait(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr("proxy.web.opening.asyncio.sleep", wait)
    await add_course(pages)
    await begin_help(pages)
    pages.server_is(State.READY)
    pages.clock.advance(1)
    await pages.ask("GET", "/open/ada/home/lab", "bob")
    await pages.ask("GET", "/open/ada/home/lab", "ada")
    assert waited == [2.0]


async def test_a_server_that_rests_is_started_and_waited_for(pages: Pages) -> None:
    await add_course(pages)
    await begin_help(pages)
    answer = await pages.ask("GET", "/open/ada/home/lab", "bob")
    assert answer.location.startswith("/start/ada/home")
    assert (await pages.ask("POST", "/start/ada/home", "bob")).status == 303
    assert pages.manager.starts == [ADAS]
    assert (await pages.ask("POST", "/stop/ada/home", "bob")).status == 403


async def test_stopping_gives_a_session_as_before(pages: Pages) -> None:
    await add_course(pages)
    await begin_help(pages)
    helped = await pages.app_session("bob")
    page = await pages.ask("GET", "/help", "bob")
    assert "You are helping <strong>ada</strong>" in page.text
    assert 'action="/help/stop"' in page.text
    answer = await pages.ask("POST", "/help/stop", "bob")
    assert (answer.status, answer.location) == (303, "/courses/stats/people")
    pages.secrets["bob"] = answer.session
    now = await pages.app_session("bob")
    assert (now.helping, now.expires) == (None, pages.clock() + LIFETIME)
    ended = await pages.store.read(sessions.get, helped.id)
    assert ended is not None
    assert ended.ended is not None
    assert (await pages.ask("GET", "/", "bob")).status == 200
    assert (await pages.ask("GET", "/help", "bob")).location == "/"
    assert (await pages.ask("POST", "/help/stop", "bob")).location == "/"


async def test_the_event_says_who_helped_whom_where(pages: Pages) -> None:
    await add_course(pages)
    await begin_help(pages)
    log = pages.app[keys.EVENTS]
    await log.write()
    wanted = events.Wanted(kind=EventKind.WORKSPACE_HELPED)
    (found,) = await pages.store.read(events.find, wanted, limit=9)
    event = found.event
    assert (event.user, event.server, event.course) == ("bob", "ada/home", "stats")
    assert event.about == {"whom": "ada"}


async def test_the_student_reads_of_it_on_the_home_page(pages: Pages) -> None:
    await add_course(pages)
    assert "helped" not in (await pages.ask("GET", "/", "ada")).text
    await begin_help(pages)
    await pages.app[keys.EVENTS].write()
    page = (await pages.ask("GET", "/", "ada")).text
    assert "bob is helping you in your workspace now" in page
    await pages.ask("POST", "/help/stop", "bob")
    page = (await pages.ask("GET", "/", "ada")).text
    assert "is helping you" not in page
    assert "bob helped you in your workspace" in page
    await pages.add("eve")
    await pages.sign_in("eve")
    assert "helped you" not in (await pages.ask("GET", "/", "eve")).text


@pytest.mark.parametrize("lost", ["role", "student"])
async def test_help_ends_with_the_role_or_the_student(pages: Pages, lost: str) -> None:
    await add_course(pages)
    await begin_help(pages)
    gone = pages.people["bob" if lost == "role" else "ada"]
    await pages.store.write(course_people.remove, "stats", gone.id)
    await chores.sweep(pages.store, pages.clock)
    answer = await pages.ask("GET", "/open/ada/home/lab", "bob")
    assert (answer.status, answer.location) == (303, "/help")


async def test_who_is_no_administrator_any_more_helps_nobody(pages: Pages) -> None:
    await add_course(pages)
    await begin_help(pages, "root")
    await pages.store.write(users.set_admin, pages.people["root"], is_admin=False)
    await chores.sweep(pages.store, pages.clock)
    assert (await pages.app_session("root")).ended is not None


async def test_a_token_helps_nobody(pages: Pages) -> None:
    await add_course(pages)
    secret = API_TOKEN_PREFIX + "t" * 40
    await pages.store.write(
        api_tokens.create,
        token_id="t1",
        secret_hash=hash_secret(secret),
        user_id=pages.people["bob"].id,
        label="script",
        now=1.0,
        expires=None,
    )
    answer = await pages.ask_bare(
        "POST",
        "/courses/stats/people/ada/help",
        headers={"Authorization": f"Bearer {secret}", "Accept": "text/html"},
    )
    assert answer.status == 403
    assert "not for a token" in answer.text


async def test_whom_one_may_not_help_is_told_in_a_sentence(pages: Pages) -> None:
    await add_course(pages)
    await pages.add("eve")
    await list_person(pages, "eve")
    answer = await begin_help(pages, slug="eve")
    assert answer.status == 409
    assert "eve has not opened a notebook of this course yet." in answer.text
    await list_person(pages, "root")
    assert (await begin_help(pages, slug="root")).status == 409


async def test_where_everybody_shares_nobody_is_helped(
    store: Store, clock: FakeClock, tmp_path: Path
) -> None:
    async with run_pages(store, clock, tmp_path, workspaces=Workspaces.SHARED) as pages:
        await add_course(pages)
        answer = await begin_help(pages)
        assert answer.status == 409
        assert "one workspace" in answer.text


async def test_a_teacher_by_a_platform_helps_their_own_students(pages: Pages) -> None:
    async with running_course(pages) as course:
        await pages.add("eve")
        await pages.sign_in("eve")
        await course.arrive("eve", context="course-8")
        assert (await begin_help(pages, slug="eve")).status == 404
        assert (await begin_help(pages, slug="ada")).status == 303


async def test_another_sites_page_begins_and_ends_nothing(pages: Pages) -> None:
    await add_course(pages)
    for path in ("/courses/stats/people/ada/help", "/help/stop"):
        for site in ("same-site", "cross-site"):
            headers = OWN | {"Sec-Fetch-Site": site}
            answer = await pages.ask("POST", path, "bob", headers=headers)
            assert answer.status == 403
    assert (await pages.app_session("bob")).helping is None
