"""Links that portals sign, followed by a browser."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jwt
import pytest

from proxy.auth.providers import Portal, ReadyProviders
from proxy.core.events import EventKind
from proxy.core.launch_link import Consumer
from proxy.core.lti_roles import CourseRole
from proxy.core.policy import Workspaces
from proxy.core.portal_link import PortalTarget, sign
from proxy.store import portal_members, users
from proxy.store.database import Store
from proxy.web import keys
from tests.conftest import FakeClock
from tests.web.page_front import ORIGIN, Answer, Pages, run_pages
from tests.web.test_audit import noted

KEY = b"k" * 32
PORTALS = {
    "portal": Portal(
        Consumer("portal", {"stats"}, {CourseRole.STUDENT, CourseRole.TEACHER}), (KEY,)
    )
}
ELSEWHERE = {"Sec-Fetch-Site": "cross-site", "Origin": "https://portal.example"}


@pytest.fixture
async def pages(store: Store, clock: FakeClock, tmp_path: Path) -> AsyncIterator[Pages]:
    providers = ReadyProviders(portals=PORTALS)
    async with run_pages(store, clock, tmp_path, providers=providers) as running:
        yield running


def token(pages: Pages, **changes: Any) -> str:
    now = pages.clock()
    claims = {
        "iss": "portal",
        "aud": ORIGIN,
        "sub": "student-7",
        "name": "Eve Lee",
        "course": "stats",
        "notebook": "week 1/means",
        "iat": now,
        "exp": now + 120,
        "jti": "1",
    }
    return jwt.encode(claims | changes, KEY)


async def launch(pages: Pages, text: str, **headers: str) -> Answer:
    return await pages.ask("GET", f"/launch?jwt={text}", headers=ELSEWHERE | headers)


async def portal_link(pages: Pages, path: str, query: str, who: str | None = None) -> Answer:
    return await pages.ask("GET", f"{path}{query}", who, headers=ELSEWHERE)


def signature(target: PortalTarget, until: float) -> str:
    return f"?exp={int(until)}&sig={sign(KEY, target, int(until))}"


async def person(pages: Pages, answer: Answer) -> str:
    home = await pages.ask("GET", "/", headers={"Cookie": f"sifu={answer.session}"})
    return home.text.partition("Hello, ")[2].partition("<")[0]


async def reasons(pages: Pages) -> list[str]:
    return [each.about["reason"] for each in await noted(pages, EventKind.SIGN_IN_FAILED)]


async def test_a_signed_link_opens_the_notebook_as_whom_it_names(pages: Pages) -> None:
    answer = await launch(pages, token(pages, role="teacher"))
    assert answer.status == 303
    user = await pages.store.read(users.find, "Eve Lee")
    assert user is not None
    assert answer.location == f"/open/{user.slug}/home/lab/tree/stats/week%201/means.ipynb"
    assert (await person(pages, answer)).startswith("Eve Lee")
    role = await pages.store.read(portal_members.role_of, "portal", user.id, "stats")
    assert role is CourseRole.TEACHER
    await launch(pages, token(pages, jti="2"))
    role = await pages.store.read(portal_members.role_of, "portal", user.id, "stats")
    assert role is CourseRole.STUDENT


async def test_it_works_once_and_a_preview_does_not_use_it_up(pages: Pages) -> None:
    text = token(pages)
    for headers in ({"Sec-Purpose": "prefetch"}, {"Sec-Fetch-Mode": "no-cors"}):
        assert (await launch(pages, text, **headers)).status == 503
    assert (await pages.ask("HEAD", f"/launch?jwt={text}")).status == 503
    assert (await launch(pages, text)).status == 303
    assert (await launch(pages, text)).status == 403
    assert await reasons(pages) == ["used"]


async def test_a_link_without_its_token_is_not_complete(pages: Pages) -> None:
    text = token(pages)
    for path in ("/launch", f"/launch?jwt={text}&jwt={text}"):
        assert (await pages.ask("GET", path)).status == 400


async def test_whoever_sits_there_is_asked_before_somebody_else_takes_their_place(
    pages: Pages,
) -> None:
    headers = {"Cookie": f"sifu={pages.secrets['bob']}"}
    answer = await launch(pages, token(pages), **headers)
    assert answer.location.startswith("/lti/arrived?")
    assert not answer.cookies
    page = await pages.ask("GET", answer.location, "bob")
    assert page.status == 200
    assert "Eve Lee" in page.text
    assert (await pages.ask("GET", "/", "bob")).status == 200
    said = dict(parse_qsl(urlsplit(answer.location).query))
    taken = await pages.ask("POST", "/lti/arrived", "bob", data=said)
    assert (await person(pages, taken)).startswith("Eve Lee")
    assert (await pages.ask("GET", "/", "bob")).location == "/sign-in"


async def test_a_second_launch_goes_on_in_the_session_of_the_first(pages: Pages) -> None:
    first = await launch(pages, token(pages))
    headers = {"Cookie": f"sifu={first.session}"}
    second = await launch(pages, token(pages, jti="2", notebook="b"), **headers)
    assert second.location.endswith("/stats/b.ipynb")
    assert not second.cookies
    assert (await person(pages, first)).startswith("Eve Lee")


@pytest.mark.parametrize("prefix", ["/ipythonExercice", "/notebookLazyCopy"])
@pytest.mark.parametrize("suffix", ["", ".ipynb"])
async def test_the_address_of_older_portals_opens_if_it_is_signed(
    pages: Pages, prefix: str, suffix: str
) -> None:
    target = PortalTarget("stats", "week 1/means", "eve")
    path = f"{prefix}/stats/week%201/means{suffix}/eve"
    answer = await portal_link(pages, path, signature(target, pages.clock() + 600))
    assert (answer.status, answer.location) == (
        303,
        "/open/eve/home/lab/tree/stats/week%201/means.ipynb",
    )
    assert await person(pages, answer) == "eve"


async def test_a_signature_is_for_one_address(pages: Pages) -> None:
    good = signature(PortalTarget("stats", "a", "eve"), pages.clock() + 600)
    for path in ("stats/a/bob", "stats/b/eve", "other/a/eve", "stats/a/eve%0A"):
        answer = await portal_link(pages, f"/ipythonExercice/{path}", good)
        assert answer.status in {400, 403, 404}
    assert set(await reasons(pages)) == {"signature"}
    pages.clock.now += 700
    await portal_link(pages, "/ipythonExercice/stats/a/eve", good)
    assert (await reasons(pages))[-1] == "expired"


async def test_half_a_signature_is_none(pages: Pages) -> None:
    good = signature(PortalTarget("stats", "a", "eve"), pages.clock() + 600)
    until, _, sig = good.partition("&")
    for query in (until, f"?{sig}", f"{good}&{sig}", f"?exp=&{sig}", f"{until}&sig="):
        for who in (None, "ada"):
            assert (
                await portal_link(pages, "/ipythonExercice/stats/a/eve", query, who)
            ).status == 403


async def test_without_a_signature_it_opens_ones_own_and_nobody_elses(pages: Pages) -> None:
    path = "/ipythonExercice/stats/a/bob"
    answer = await portal_link(pages, path, "", "ada")
    assert answer.location == "/open/ada/home/lab/tree/stats/a.ipynb"
    answer = await pages.ask("GET", path, headers=ELSEWHERE | {"Referer": "https://portal.example"})
    assert answer.location == f"/sign-in?next={path}"


@pytest.mark.parametrize(
    "rest",
    [
        "",
        "stats",
        "stats/a",
        "stats//eve",
        "/a/eve",
        "stats/../eve",
        "stats/a/..",
        "%2e%2e/a/eve",
        "stats/a%5Cb/eve",
        "stats/a%00/eve",
        "stats/%FF/eve",
        "stats/a%2F..%2Fb/eve",
        "s%2Ft/a/eve",
        "stats/a/e%2Fve",
    ],
)
async def test_an_address_that_names_no_notebook_is_refused(pages: Pages, rest: str) -> None:
    answer = await portal_link(pages, f"/ipythonExercice/{rest}", "", "ada")
    assert answer.status == 400


async def test_where_workspaces_are_shared_it_opens_there(
    store: Store, clock: FakeClock, tmp_path: Path
) -> None:
    providers = ReadyProviders(portals=PORTALS)
    shared = run_pages(store, clock, tmp_path, providers=providers, workspaces=Workspaces.SHARED)
    async with shared as pages:
        answer = await launch(pages, token(pages))
        assert answer.location == "/open/everyone/shared/lab/tree/stats/week%201/means.ipynb"


async def test_in_a_frame_it_is_found_out_whether_the_cookie_was_kept(
    store: Store, clock: FakeClock, tmp_path: Path
) -> None:
    providers = ReadyProviders(portals=PORTALS)
    framed = {"lms_origins": ("https://portal.example",), "providers": providers}
    async with run_pages(store, clock, tmp_path, **framed) as pages:
        answer = await launch(pages, token(pages), **{"Sec-Fetch-Dest": "iframe"})
        assert answer.location.startswith("/lti/arrived?")
        kept = await pages.ask("GET", answer.location, headers={"Cookie": f"sifu={answer.session}"})
        assert kept.location.endswith("/home/lab/tree/stats/week%201/means.ipynb")
        lost = await pages.ask("GET", answer.location)
        assert lost.status == 200
        assert "Eve Lee" in lost.text


async def test_a_folder_that_is_there_is_nobodys_who_is_called_like_it(pages: Pages) -> None:
    homes = pages.app[keys.SETTINGS].notebooks
    for folder in ("eve", "student-9"):
        (homes / folder).mkdir(parents=True)
    target = PortalTarget("stats", "means", "student-9")
    link = signature(target, pages.clock() + 60)
    for answer in (
        await launch(pages, token(pages, name="eve")),
        await portal_link(pages, "/ipythonExercice/stats/means/student-9", link),
    ):
        assert "-2/home" in answer.location
