import pytest

from proxy.web.api_endpoint import Caller
from proxy.web.api_events import EventStreams
from proxy.web.api_table import list_endpoints
from proxy.web.health import HealthCheck
from proxy.web.openapi import with_document
from tests.web.api_front import run_front

ROWS = with_document(list_endpoints(HealthCheck(), EventStreams()))


def path_of(row):
    names = {"owner": "ada", "name": "ada", "slug": "ada", "workspace": "home", "course": "stats"}
    return row.path.format(**names, id="1")


@pytest.fixture
async def front(store, clock, tmp_path):
    async with run_front(store, clock, tmp_path) as running:
        yield running


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_nobody_gets_anything_but_a_problem(front, row):
    for headers in ({}, {"Accept": "text/html"}, {"Authorization": "Bearer sifu_guessed"}):
        status, body, got = await front.ask(row.method, path_of(row), headers=headers)
        if row.caller is Caller.ANYBODY:
            assert status in {200, 503}
            continue
        assert status == 401
        assert got.content_type == "application/problem+json"
        assert body["status"] == 401
        assert got.headers["WWW-Authenticate"].startswith("Bearer")
    assert front.manager.starts == []


@pytest.mark.parametrize(
    "row", [row for row in ROWS if row.caller is Caller.ADMIN], ids=lambda row: row.name
)
async def test_what_is_for_administrators_is_for_nobody_else(front, row):
    assert (await front.ask(row.method, path_of(row), "ada"))[0] == 403


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PATCH", "/api/servers", {"GET", "HEAD", "POST"}),
        ("POST", "/api/servers/ada/home", {"GET", "HEAD", "DELETE"}),
        ("OPTIONS", "/api/users", {"GET", "HEAD", "POST"}),
    ],
)
async def test_a_method_that_is_not_offered_is_refused_with_those_that_are(
    front, method, path, allowed
):
    status, problem, got = await front.ask(method, path, "root")
    assert (status, problem["status"]) == (405, 405)
    assert {name.strip() for name in got.headers["Allow"].split(",")} == allowed


async def test_an_unknown_address_of_the_api_is_a_problem_and_not_a_page(front):
    status, problem, _ = await front.ask(
        "GET", "/api/nothing", "root", headers={"Accept": "text/html"}
    )
    assert (status, problem["status"]) == (404, 404)


async def test_a_foreign_host_is_served_nothing_but_the_health(front):
    headers = {"Host": "evil.example"}
    assert (await front.ask("GET", "/api/me", "ada", headers=headers))[0] == 421
    assert (await front.ask("GET", "/healthz", headers=headers))[0] in {200, 503}
