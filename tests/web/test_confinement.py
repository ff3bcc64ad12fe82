"""Who helps reaches one server and the way out: asked over every route there is."""

import pytest

from proxy.auth.sessions import HELP_LIFETIME
from proxy.core.identity import ServerName
from proxy.core.lifecycle import State
from proxy.store import sessions
from tests.web.page_front import OWN, Pages
from tests.web.teaching import add_course, begin_help
from tests.web.test_pages import filled

# Whoever adds a line says why a page that a student wrote may send the helper's browser there.
REACHED = {
    ("GET", "/"),  # leads to the help page
    ("GET", "/help"),
    ("POST", "/help/stop"),  # by our own page alone, as every POST
    ("GET", "/open/{owner}/{workspace}"),  # of the helped server
    ("GET", "/open/{owner}/{workspace}/{path}"),
    ("GET", "/enter/{owner}/{workspace}"),
    ("GET", "/start/{owner}/{workspace}"),
    ("POST", "/start/{owner}/{workspace}"),
    ("GET", "/api/servers/{owner}/{workspace}/events"),
    ("GET", "/sign-out"),
    ("POST", "/sign-out"),
    ("POST", "/sign-out/everywhere"),
    ("GET", "/static/{name}"),  # the same for everybody
    ("GET", "/healthz"),
}


def routes(pages: Pages) -> list[tuple[str, str]]:
    found = []
    for route in pages.app.router.routes():
        if route.resource is not None and route.method != "HEAD":
            found.append((route.method, route.resource.canonical))
    return found


async def test_every_other_route_refuses_a_helper(pages: Pages) -> None:
    await add_course(pages)
    await begin_help(pages)
    asked = 0
    for method, path in routes(pages):
        if (method, path) in REACHED:
            continue
        for headers in ({}, {"Accept": "application/json"}):
            answer = await pages.ask(method, filled(path), "bob", headers=headers)
            assert answer.status == 403, (method, path)
            assert "You are helping somebody" in answer.text, (method, path)
            assert not answer.cookies, (method, path)
            asked += 1
    assert asked > 80
    assert not pages.manager.records
    assert set(routes(pages)) >= REACHED


@pytest.mark.parametrize("who", ["bob", "root"])
@pytest.mark.parametrize("owner", ["bob", "root", "eve"])
async def test_no_other_server_is_reached_not_even_ones_own(
    pages: Pages, who: str, owner: str
) -> None:
    await add_course(pages)
    await pages.add("eve")
    await begin_help(pages, who)
    pages.server_is(State.READY, ServerName(owner, "home"))
    for method, path in REACHED:
        if "{owner}" in path:
            path = path.replace("{owner}", owner)
            answer = await pages.ask(method, filled(path), who)
            assert answer.status == 403, (method, path)
            assert not answer.cookies
    assert not pages.manager.starts


async def test_a_script_learns_nothing_of_others(pages: Pages) -> None:
    await add_course(pages)
    await begin_help(pages, "root")
    for path in ("/api/users", "/api/servers", "/api/me", "/admin/users", "/metrics"):
        answer = await pages.ask_bare(
            "GET", path, headers=OWN | {"Cookie": f"sifu={pages.secrets['root']}"}
        )
        assert answer.status == 403, path


async def test_where_help_is_over_nothing_signs_in_by_itself(pages: Pages) -> None:
    """What the helped server showed may still run, and would follow any address that does."""
    await add_course(pages)
    await begin_help(pages)
    pages.clock.advance(HELP_LIFETIME + 1)
    for method, path in routes(pages):
        if path in {"/help", "/help/stop", "/static/{name}", "/healthz"}:
            continue
        answer = await pages.ask(method, filled(path), "bob")
        page = not path.startswith(("/api/", "/metrics"))
        assert (answer.status, answer.headers.get("Location")) == (
            (303, "/help") if page else (401, None)
        ), (method, path)
        script = await pages.ask(method, filled(path), "bob", headers={"Accept": "*/*"})
        assert script.status == 401, (method, path)
        assert not answer.cookies
        assert not script.cookies


async def test_a_person_goes_on_from_there(pages: Pages) -> None:
    await add_course(pages)
    await begin_help(pages)
    found = await pages.app_session("bob")
    await pages.store.write(sessions.end, found.id, pages.clock())
    page = await pages.ask("GET", "/help", "bob")
    assert page.status == 200
    assert "Close the windows" in page.text
    assert "You are helping" not in page.text
    foreign = await pages.ask("POST", "/help/stop", "bob", headers={"Sec-Fetch-Site": "same-site"})
    assert foreign.status == 403
    answer = await pages.ask("POST", "/help/stop", "bob")
    assert (answer.status, answer.location, answer.session) == (303, "/sign-in", "")
