"""Into a notebook: what is minted, for whom, and that no byte is changed on the way."""

from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from proxy.auth.sessions import LIFETIME
from proxy.core.credentials import hash_secret
from proxy.core.identity import ServerName
from proxy.core.lifecycle import State
from proxy.core.tokens import CODE_LIFETIME, Code, InvalidToken, read_code
from proxy.store.database import Store
from tests.conftest import FakeClock
from tests.web.page_front import NOTEBOOK_PORT, PAGE, Pages, run_pages


async def enter(pages: Pages, path: str, who: str = "ada", **headers: str) -> Code:
    answer = await pages.ask("GET", path, who, headers=headers)
    assert answer.status == 303, answer.text
    there = urlsplit(answer.location)
    assert f"{there.scheme}://{there.netloc}{there.path}" == (
        f"http://127.0.0.1:{NOTEBOOK_PORT}/-/enter"
    )
    return read_code(pages.settings.secrets, there.query.removeprefix("code="), pages.clock())


async def test_the_code_grants_this_session_this_server(pages: Pages) -> None:
    name = pages.server_is(State.READY)
    code = await enter(pages, "/open/ada/home/lab")
    session = await pages.app_session("ada")
    assert (code.grant.session, code.grant.user, code.grant.server) == (session.id, "ada", name)
    assert code.grant.expires == pages.clock() + LIFETIME
    assert code.expires == pages.clock() + CODE_LIFETIME
    assert not code.framed


async def test_the_code_is_for_the_browser_that_asked(pages: Pages) -> None:
    pages.server_is(State.READY)
    answer = await pages.ask("GET", "/open/ada/home", "ada")
    code = read_code(pages.settings.secrets, answer.location.partition("code=")[2], pages.clock())
    (cookie,) = [one for one in answer.cookies if one.startswith("sifu-door=")]
    door = cookie.partition("=")[2].partition(";")[0]
    assert hash_secret(door) == code.door
    assert "Path=/-/enter" in cookie
    assert "HttpOnly" in cookie
    assert not code.final


async def test_the_relay_keeps_the_door_where_hosts_differ(
    store: Store, clock: FakeClock, tmp_path: Path
) -> None:
    urls = {"front_url": "https://front.example.org", "notebook_url": "https://nb.example.org"}
    async with run_pages(store, clock, tmp_path, **urls) as pages:
        pages.server_is(State.READY)
        headers = {"Host": "front.example.org", "Cookie": f"__Host-sifu={pages.secrets['ada']}"}
        answer = await pages.ask_bare("GET", "/open/ada/home", headers=PAGE | headers)
        assert answer.location.startswith("https://nb.example.org/-/enter?code=")
        assert not [one for one in answer.cookies if "door" in one]


async def test_a_browser_with_a_door_gets_a_code_for_itself(pages: Pages) -> None:
    name = pages.server_is(State.READY)
    door = hash_secret("d")
    code = await enter(pages, f"/enter/ada/home?door={door}&target=lab%2Fx%3Fa%3Db%2526")
    assert (code.door, code.final, code.target) == (door, True, "lab/x?a=b%26")
    assert (code.grant.user, code.grant.server) == ("ada", name)


async def test_somebody_elses_link_ends_at_the_policy(pages: Pages) -> None:
    """Bob's code in Ada's browser leads her here; she is asked who she is, and refused."""
    pages.server_is(State.READY, ServerName("bob", "home"))
    answer = await pages.ask("GET", f"/enter/bob/home?door={hash_secret('d')}&target=lab", "ada")
    assert answer.status == 403


@pytest.mark.parametrize("query", ["", "?door=x", "?door=" + "g" * 64, "?target=lab"])
async def test_a_door_that_is_none_is_refused(pages: Pages, query: str) -> None:
    pages.server_is(State.READY)
    assert (await pages.ask("GET", f"/enter/ada/home{query}", "ada")).status == 400


@pytest.mark.parametrize("target", ["../x", "%2e%2e/x", "a\\b", "//x/../y"])
async def test_a_target_by_the_door_is_checked_like_any(pages: Pages, target: str) -> None:
    pages.server_is(State.READY)
    path = f"/enter/ada/home?door={hash_secret('d')}&target={quote(target, safe='')}"
    assert (await pages.ask("GET", path, "ada")).status == 400


async def test_two_codes_are_never_the_same(pages: Pages) -> None:
    pages.server_is(State.READY)
    first, second = await enter(pages, "/open/ada/home"), await enter(pages, "/open/ada/home")
    assert first.id != second.id


async def test_the_code_is_signed_with_the_secret(pages: Pages) -> None:
    pages.server_is(State.READY)
    answer = await pages.ask("GET", "/open/ada/home", "ada")
    with pytest.raises(InvalidToken):
        read_code(["another" * 8], answer.location.partition("=")[2], pages.clock())


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("", "lab"),
        ("/", "lab"),
        ("?reset", "lab?reset"),
        ("/?reset", "lab?reset"),
        ("/lab/tree/a%20b.ipynb", "lab/tree/a%20b.ipynb"),
        ("/lab/tree/%C3%BC%2Fx.ipynb?a=1&a=%20+", "lab/tree/%C3%BC%2Fx.ipynb?a=1&a=%20+"),
        ("/files/[x]|{y}.txt", "files/[x]|{y}.txt"),
        ("/a//b;c=d/~e/", "a//b;c=d/~e/"),
        ("/lab?next=https://x.example/../y", "lab?next=https://x.example/../y"),
        ("/a%25b%3Fc", "a%25b%3Fc"),
    ],
)
async def test_not_a_byte_is_changed(pages: Pages, path: str, target: str) -> None:
    pages.server_is(State.READY)
    assert (await enter(pages, "/open/ada/home" + path)).target == target


@pytest.mark.parametrize(
    "path",
    [
        "/open/ada/home/../../bob/home/lab",
        "/open/ada/home/%2e%2e/x",
        "/open/ada/home/a/..%2f..%2fb",
        "/open/%61da/home/lab",
        "/open/ada/hom%65/lab",
        "/open/ada%2Fhome/lab",
        "/open/ada/home/a\\b",
        "/open/ada/home/a%00b",
        "/open/ada/home/" + "x" * 2001,
        "/open/ada//home/lab",
        "/open/ada/home%3Fx/lab",
        "/open//ada/home",
    ],
)
async def test_what_the_relay_would_not_forward_is_refused(pages: Pages, path: str) -> None:
    pages.server_is(State.READY)
    pages.server_is(State.READY, ServerName("bob", "home"))
    answer = await pages.ask("GET", path, "ada")
    assert answer.status in {400, 403, 404}
    assert "code=" not in str(answer.headers)


async def test_the_address_with_the_code_is_not_kept_nor_told(pages: Pages) -> None:
    pages.server_is(State.READY)
    answer = await pages.ask("GET", "/open/ada/home", "ada")
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("state", [s for s in State if s is not State.READY])
async def test_a_server_that_is_not_ready_is_started_first(pages: Pages, state: State) -> None:
    pages.server_is(state)
    answer = await pages.ask("GET", "/open/ada/home/lab/a%20b?x=1&y", "ada")
    assert answer.location == "/start/ada/home?next=lab/a%2520b%3Fx%3D1%26y"


async def test_the_way_back_from_the_start_is_the_same(pages: Pages) -> None:
    to_start = await pages.ask("GET", "/open/ada/home/lab/a%20b?x=1&y=%26+", "ada")
    pages.server_is(State.READY)
    back = await pages.ask("GET", to_start.location, "ada")
    assert back.location == "/open/ada/home/lab/a%20b?x=1&y=%26+"


@pytest.mark.parametrize("who", ["bob", "root"])
async def test_nobody_opens_anothers_server(pages: Pages, who: str) -> None:
    pages.server_is(State.READY)
    assert (await pages.ask("GET", "/open/ada/home/lab", who)).status == 403


@pytest.mark.parametrize(
    "path", ["/open/ada/other/lab", "/open/everyone/shared/lab", "/open/ADA/home", "/open/a.b/home"]
)
async def test_names_that_do_not_exist_are_not_opened(pages: Pages, path: str) -> None:
    answer = await pages.ask("GET", path, "ada")
    assert answer.status in {403, 404}


async def test_with_an_origin_each_everybody_enters_their_own(
    store: Store, clock: FakeClock, tmp_path: Path
) -> None:
    each = "https://{owner}.notebooks.example.org"
    async with run_pages(store, clock, tmp_path, notebook_url=each) as pages:
        pages.server_is(State.READY)
        answer = await pages.ask("GET", "/open/ada/home/lab", "ada")
    assert answer.location.startswith("https://ada.notebooks.example.org/-/enter?code=")
    allowed = "form-action 'self' https://*.notebooks.example.org;"
    assert allowed in answer.headers["Content-Security-Policy"]


async def test_a_session_that_ended_opens_nothing(pages: Pages) -> None:
    pages.server_is(State.READY)
    await pages.ask("POST", "/sign-out", "ada")
    answer = await pages.ask("GET", "/open/ada/home/lab", "ada")
    assert answer.location == "/sign-in?next=/open/ada/home/lab"
