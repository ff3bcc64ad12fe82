"""Errors for people and for scripts."""

import json

import pytest
from aiohttp import web

from proxy.core.errors import SifuError, TooManyAttempts, Unauthenticated
from proxy.web.problems import problem_of
from tests.web.page_front import PAGE, Pages


def every_kind(root: type[SifuError] = SifuError) -> list[type[SifuError]]:
    return [root, *(kind for sub in root.__subclasses__() for kind in every_kind(sub))]


@pytest.mark.parametrize("kind", every_kind(), ids=lambda kind: kind.__name__)
def test_no_error_tells_its_detail(kind: type[SifuError]) -> None:
    error = kind.__new__(kind)
    SifuError.__init__(error, detail="the private part")
    if isinstance(error, TooManyAttempts):
        error.retry_after = 1.0
    problem = problem_of(error)
    assert problem.status == kind.status
    assert "private" not in str(problem)


def test_a_throttled_client_hears_when_to_come_back() -> None:
    assert problem_of(TooManyAttempts(retry_after=2.1)).headers["Retry-After"] == "3"


def test_401_names_the_scheme() -> None:
    assert "WWW-Authenticate" in problem_of(Unauthenticated()).headers


def test_the_frameworks_own_texts_are_replaced() -> None:
    problem = problem_of(web.HTTPRequestEntityTooLarge(1, 2))
    assert problem.status == 413
    assert "1" not in problem.sentence


async def test_scripts_get_problem_json(pages: Pages) -> None:
    answer = await pages.ask_bare("GET", "/nothing")
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    body = json.loads(answer.text)
    assert set(body) == {"type", "title", "status", "detail", "request_id"}
    assert body["status"] == answer.status == 404
    assert body["request_id"] == answer.headers["X-Request-Id"]


async def test_people_get_a_page_and_scripts_of_theirs_do_not(pages: Pages) -> None:
    page = await pages.ask("GET", "/nothing", "ada")
    fetch = await pages.ask("GET", "/nothing", "ada", headers={"Accept": "application/json"})
    assert page.headers["Content-Type"].startswith("text/html")
    assert fetch.headers["Content-Type"].startswith("application/problem+json")


async def test_a_script_is_never_sent_to_the_sign_in(pages: Pages) -> None:
    for headers in ({}, {"Accept": "*/*"}, {"Accept": "application/json"}):
        assert (await pages.ask_bare("GET", "/", headers=headers)).status == 401
    api = await pages.ask_bare("GET", "/api/servers", headers=PAGE)
    assert api.status == 401


async def test_the_sign_in_leads_back_byte_for_byte(pages: Pages) -> None:
    answer = await pages.ask("GET", "/open/ada/home/a%20b/%C3%BC.ipynb?x=1&y=%26")
    assert answer.location == (
        "/sign-in?next=/open/ada/home/a%2520b/%25C3%25BC.ipynb%3Fx%3D1%26y%3D%2526"
    )
    page = await pages.ask("GET", answer.location)
    assert 'value="/open/ada/home/a%20b/%C3%BC.ipynb?x=1&amp;y=%26"' in page.text


async def test_after_a_change_the_sign_in_leads_home(pages: Pages) -> None:
    assert (await pages.ask("POST", "/stop/ada/home")).location == "/sign-in"


async def test_an_address_in_an_error_page_is_not_echoed(pages: Pages) -> None:
    answer = await pages.ask("GET", "/<script>alert(1)</script>")
    assert "<script>alert" not in answer.text
