"""The chain around every request: hosts, origins, addresses, errors, logs."""

import asyncio
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import structlog
from aiohttp import web
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from proxy.core.errors import StoreUnavailable
from proxy.store.database import Store
from proxy.web import api_routes
from tests.conftest import FakeClock
from tests.web.page_front import ORIGIN, OWN, PAGE, PORT, Pages, run_pages


async def raw(request: bytes) -> bytes:
    """Say these bytes to the front and read until it closes or is silent."""
    reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
    writer.write(request)
    try:
        async with asyncio.timeout(2):
            head = await reader.readuntil(b"\r\n\r\n")
    finally:
        writer.close()
    return head


async def test_a_foreign_host_is_refused_with_advice(pages: Pages) -> None:
    answer = await pages.ask("GET", "/sign-in", headers={"Host": "evil.example"})
    assert answer.status == 421
    assert "SIFU_FRONT_URL" in answer.text


async def test_a_foreign_host_is_refused_before_anything_is_looked_up(pages: Pages) -> None:
    answer = await pages.ask(
        "POST", "/start/ada/home", "ada", headers={"Host": f"evil.example:{PORT}"}
    )
    assert answer.status == 421
    assert not pages.manager.starts


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{PORT}\r\nHost: evil.example\r\n\r\n", b"400"),
        ("GET / HTTP/1.0\r\n\r\n", b"421"),
        (f"GET http://evil.example/ HTTP/1.1\r\nHost: 127.0.0.1:{PORT}\r\n\r\n", b"400"),
        (f"GET http://127.0.0.1:{PORT}/ HTTP/1.1\r\nHost: 127.0.0.1:{PORT}\r\n\r\n", b"400"),
    ],
)
async def test_a_host_of_two_minds_is_refused(pages: Pages, head: str, status: bytes) -> None:
    answer = await raw(head.encode())
    assert answer.split()[1] == status


async def test_load_balancers_ask_for_health_by_address(pages: Pages) -> None:
    answer = await pages.ask_bare("GET", "/healthz", headers={"Host": "10.0.0.7"})
    assert answer.status in {200, 503}


async def test_a_page_by_an_alias_is_sent_to_the_canonical_origin(pages: Pages) -> None:
    answer = await pages.ask(
        "GET", "/sign-in?next=/open/ada/home/a%20b", headers={"Host": f"localhost:{PORT}"}
    )
    assert answer.status == 307
    assert answer.location == f"{ORIGIN}/sign-in?next=/open/ada/home/a%20b"


async def test_a_script_by_an_alias_is_answered(pages: Pages) -> None:
    headers = {"Host": f"localhost:{PORT}", "Accept": "application/json"}
    answer = await pages.ask("GET", "/api/servers", "ada", headers=headers)
    assert answer.status == 200


async def test_a_configured_front_knows_no_alias(
    store: Store, clock: FakeClock, tmp_path: Path
) -> None:
    async with run_pages(store, clock, tmp_path, front_url="http://sifu.example.org") as pages:
        refused = await pages.ask("GET", "/sign-in", headers={"Host": f"localhost:{PORT}"})
        served = await pages.ask("GET", "/sign-in", headers={"Host": "sifu.example.org"})
        assert (refused.status, served.status) == (421, 200)


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://127.0.0.1:13511"},
        {"Origin": "null"},
        {},
    ],
)
async def test_a_change_needs_a_page_of_our_own(pages: Pages, headers: dict[str, str]) -> None:
    cookie = {"Cookie": f"sifu={pages.secrets['ada']}"}
    answer = await pages.ask_bare("POST", "/start/ada/home", headers=PAGE | cookie | headers)
    assert answer.status == 403
    assert not pages.manager.starts


async def test_a_tossed_cookie_is_nobodys(pages: Pages) -> None:
    cookies = f"sifu={pages.secrets['ada']}; sifu={pages.secrets['bob']}"
    answer = await pages.ask("GET", "/", headers={"Cookie": cookies})
    assert answer.status == 400
    assert "Hello" not in answer.text


@pytest.mark.parametrize("garbage", [b"\xff\xfe", b"=;=;;=", b"x" * 7000, b"sifu=\xc3\x28"])
async def test_garbage_in_a_cookie_is_no_error(pages: Pages, garbage: bytes) -> None:
    head = f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{PORT}\r\nAccept: text/html\r\nCookie: sifu="
    answer = await raw(head.encode() + garbage + b"\r\n\r\n")
    assert answer.split()[1] == b"303"


async def test_a_bad_token_is_not_passed_over_for_a_good_cookie(pages: Pages) -> None:
    answer = await pages.ask(
        "GET", "/", "ada", headers={"Authorization": "Bearer sifu_guess", "Accept": "*/*"}
    )
    assert answer.status == 401


async def test_an_unreadable_store_refuses(pages: Pages) -> None:
    def fail(*_: object, **__: object) -> None:
        raise StoreUnavailable("The database cannot be used now.", detail="disk at /var/secret")

    pages.store.read_now = fail  # type: ignore[method-assign, assignment]
    answer = await pages.ask("GET", "/", "ada")
    assert answer.status == 503
    assert "/var/secret" not in answer.text


async def test_the_client_is_who_the_trusted_proxy_says(pages: Pages) -> None:
    with capture_logs() as logs:
        await pages.ask("GET", "/sign-in", headers={"X-Forwarded-For": "6.6.6.6, 203.0.113.5"})
    assert logs[-1]["client"] == "203.0.113.5"


async def test_from_an_untrusted_peer_nothing_is_believed(
    store: Store, clock: FakeClock, tmp_path: Path
) -> None:
    async with run_pages(store, clock, tmp_path, trusted_proxies=()) as pages:
        with capture_logs() as logs:
            await pages.ask("GET", "/sign-in", headers={"X-Forwarded-For": "203.0.113.5"})
    assert logs[-1]["client"] == "127.0.0.1"


async def test_the_log_holds_no_query_and_no_secret(pages: Pages) -> None:
    with capture_logs() as logs:
        await pages.ask("GET", "/sign-in?code=very-secret&next=/open/ada/home", "ada")
    assert logs[-1]["path"] == "/sign-in"
    assert "very-secret" not in str(logs)
    assert pages.secrets["ada"] not in str(logs)


async def test_every_answer_has_its_own_number(pages: Pages) -> None:
    first, second = await pages.ask("GET", "/"), await pages.ask("GET", "/nothing")
    assert first.headers["X-Request-Id"] != second.headers["X-Request-Id"]


async def test_a_clients_own_number_is_not_taken(pages: Pages) -> None:
    answer = await pages.ask("GET", "/", headers={"X-Request-Id": "mine"})
    assert answer.headers["X-Request-Id"] != "mine"


async def test_answers_are_counted_by_class(pages: Pages) -> None:
    def count() -> float:
        return REGISTRY.get_sample_value("sifu_front_requests_total", {"status": "4xx"}) or 0.0

    before = count()
    await pages.ask("GET", "/nothing")
    assert count() == before + 1


def breaking(monkeypatch: pytest.MonkeyPatch) -> Callable[[Exception], None]:
    """Make the API's first page raise."""

    def set_error(error: Exception) -> None:
        def routes(app: web.Application) -> None:
            async def handler(_: web.Request) -> web.Response:
                raise error

            app.router.add_get("/broken", handler)

        monkeypatch.setattr(api_routes, "install", routes)

    return set_error


@pytest.fixture
def broken(
    monkeypatch: pytest.MonkeyPatch, store: Store, clock: FakeClock, tmp_path: Path
) -> Callable[[Exception], Any]:
    def run(error: Exception) -> Any:
        breaking(monkeypatch)(error)
        return run_pages(store, clock, tmp_path)

    return run


async def test_an_unknown_error_is_logged_and_not_told(broken: Callable[[Exception], Any]) -> None:
    async with broken(RuntimeError("password=hunter2 in /srv/x.py")) as pages:
        with capture_logs() as logs:
            page = await pages.ask("GET", "/broken")
            script = await pages.ask_bare("GET", "/broken")
    assert (page.status, script.status) == (500, 500)
    for text in (page.text, script.text):
        assert "hunter2" not in text
        assert "RuntimeError" not in text
        assert "Traceback" not in text
    assert page.headers["X-Request-Id"] in page.text
    assert [entry["event"] for entry in logs].count("front.unknown_error") == 2
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]


async def test_the_log_names_the_number_that_the_page_shows(
    broken: Callable[[Exception], Any],
) -> None:
    seen: list[str] = []

    def remember(_: object, __: str, event: Any) -> Any:
        seen.append(structlog.contextvars.get_contextvars().get("request_id", ""))
        raise structlog.DropEvent

    structlog.configure(processors=[remember])
    try:
        async with broken(RuntimeError("x")) as pages:
            page = await pages.ask("GET", "/broken")
    finally:
        structlog.reset_defaults()
    assert page.headers["X-Request-Id"] in seen


async def test_static_files_are_shown_without_asking_who(pages: Pages) -> None:
    answer = await pages.ask_bare("GET", "/static/app.css", headers=OWN | {"Cookie": "sifu=guess"})
    assert answer.status == 200


FOREIGN_POST = {"Sec-Fetch-Site": "cross-site", "Origin": "https://lms.example.org"}


async def test_other_sites_may_post_to_two_addresses_and_no_third(pages: Pages) -> None:
    refused_by = "That came from a page that is not Sifu"
    taken = set()
    for route in pages.app.router.routes():
        if route.resource is None or route.method in {"GET", "HEAD"}:
            continue
        path = re.sub(r"[{].*?[}]", "x", route.resource.canonical)
        answer = await pages.ask_bare(route.method, path, headers=PAGE | FOREIGN_POST)
        if refused_by not in answer.text:
            taken.add((route.method, path))
    assert taken == {("POST", "/lti/login"), ("POST", "/lti/launch")}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/lti/launch"),
        ("DELETE", "/lti/login"),
        ("PATCH", "/lti/launch"),
        ("POST", "/lti/launch/"),
        ("POST", "/lti/launch/x"),
        ("POST", "/lti/Launch"),
        ("POST", "//lti/launch"),
        ("POST", "/x/../lti/launch/../arrived"),
        ("POST", "/lti/launch%2f..%2farrived"),
        ("POST", "/lti/arrived?/lti/launch"),
        ("POST", "/lti/arrived;/lti/launch"),
        ("POST", "/lti%2flaunch"),
        ("POST", "/sign-out#/lti/launch"),
    ],
)
async def test_what_merely_looks_like_them_is_none(pages: Pages, method: str, path: str) -> None:
    answer = await pages.ask_bare(method, path, headers=PAGE | FOREIGN_POST)
    # By whichever check comes first: no such address, no such method, or the foreign origin.
    assert answer.status in {400, 403, 404, 405}, answer.text
    assert "This launch was not accepted" not in answer.text
