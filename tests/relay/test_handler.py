"""The door itself: who gets through, and what exactly goes through."""

import pytest

from proxy.core.clock import system_clock
from proxy.core.identity import SHARED, ServerName
from proxy.core.lifecycle import State
from proxy.core.tokens import read_identity
from proxy.store import servers
from proxy.store.records import ServerRecord
from tests.relay.conftest import KEY, Running, body_of, header_of, status_of


async def test_a_pass_opens_its_server(relay: Running) -> None:
    answer = await relay.ask("api/status?x=1")
    assert status_of(answer) == 200
    assert body_of(answer) == b"ok"
    assert relay.upstream.heads[0].startswith(b"GET /user/everyone/shared/api/status?x=1 HTTP/1.1")


@pytest.mark.parametrize("cookie", ["", "sifu-pass=x", "sifu-pass=a.b.c", "other=1"])
async def test_without_a_pass_nothing_reaches_jupyter(relay: Running, cookie: str) -> None:
    for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
        answer = await relay.ask("api/contents", method=method, cookie=cookie)
        assert status_of(answer) == 401
    assert relay.upstream.heads == []


async def test_a_repeated_pass_counts_as_none(relay: Running) -> None:
    answer = await relay.ask(cookie=f"{relay.cookie()}; {relay.cookie()}")
    assert status_of(answer) == 401


async def test_a_pass_for_another_server_does_not_open_this_one(relay: Running) -> None:
    cookie = relay.cookie(server=ServerName("ada", "home"))
    assert status_of(await relay.ask(cookie=cookie)) == 401
    assert relay.upstream.heads == []


async def test_a_pass_of_an_unknown_session_is_refused(relay: Running) -> None:
    assert status_of(await relay.ask(cookie=relay.cookie(session="nobody"))) == 401


async def test_people_are_led_to_sign_in_and_come_back(relay: Running) -> None:
    answer = await relay.ask(
        "lab/tree/a%20b.ipynb?reset", headers="Accept: text/html\r\n", cookie=""
    )
    assert status_of(answer) == 303
    expected = "http://127.0.0.1:3334/open/everyone/shared/lab/tree/a%20b.ipynb?reset"
    assert header_of(answer, "Location") == expected


async def test_scripts_are_told_in_problem_json(relay: Running) -> None:
    answer = await relay.ask("api/contents", headers="Accept: application/json\r\n", cookie="")
    assert status_of(answer) == 401
    assert header_of(answer, "Content-Type") == "application/problem+json; charset=utf-8"


async def test_a_fetch_that_accepts_html_is_still_a_script(relay: Running) -> None:
    headers = "Accept: text/html\r\nSec-Fetch-Mode: cors\r\n"
    assert status_of(await relay.ask(headers=headers, cookie="")) == 401


HOSTILE_TARGETS = [
    "/user/everyone/shared/../x/api",
    "/user/everyone/shared/%2e%2e/x",
    "/user/everyone/shared/a/.%2E/b",
    "/user/everyone/shared/..%2f..%2fetc",
    "/user/everyone/shared/a/..;/b",
    "/user/everyone%2fshared/lab",
    "/user/everyone/shared%2flab",
    "/user//everyone/shared/lab",
    "/user/everyone//shared/lab",
    "//user/everyone/shared/lab",
    "/%75ser/everyone/shared/lab",
    "/user/everyone/shared/a\\..\\b",
    "/user/everyone/./shared/lab",
    "/user/Everyone/shared/lab",
    "/user/everyone/shared.evil/lab",
    "/user/everyone/sharedx/lab",
    "http://127.0.0.1/user/everyone/shared/lab",
    "*",
    "/user/everyone/shared/a#b",
    "/user/everyone/shared/%00",
]


@pytest.mark.parametrize("target", HOSTILE_TARGETS)
async def test_hostile_targets_reach_nothing(relay: Running, target: str) -> None:
    head = f"GET {target} HTTP/1.1\r\nHost: {relay.host}\r\nCookie: {relay.cookie()}\r\n"
    answer = await relay.raw(head.encode() + b"Connection: close\r\n\r\n")
    assert status_of(answer) in {400, 401, 404}, answer
    assert relay.upstream.heads == []


async def test_the_target_is_forwarded_byte_for_byte(relay: Running) -> None:
    target = "files/%E2%82%AC%20%2F;a=1,b/x//y?q=%2e%2e&r=../..&s=%&t=+"
    assert status_of(await relay.ask(target)) == 200
    line = relay.upstream.heads[0].split(b"\r\n")[0]
    assert line == b"GET /user/everyone/shared/" + target.encode() + b" HTTP/1.1"


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "u@127.0.0.1", ""])
async def test_a_foreign_host_is_refused(relay: Running, host: str) -> None:
    head = f"GET /user/everyone/shared/lab HTTP/1.1\r\nHost: {host}\r\n"
    answer = await relay.raw(f"{head}Cookie: {relay.cookie()}\r\n\r\n".encode())
    assert status_of(answer) in {400, 421}
    assert relay.upstream.heads == []


@pytest.mark.parametrize("method", ["CONNECT", "TRACE", "BREW", "get"])
async def test_unknown_methods_are_refused_and_the_connection_closed(
    relay: Running, method: str
) -> None:
    answer = await relay.ask(method=method, close=False)
    assert status_of(answer) in {400, 405}
    assert relay.upstream.heads == []


async def test_credentials_and_claims_never_go_up(relay: Running) -> None:
    headers = (
        "X-Sifu-Identity: forged\r\nX-Forwarded-User: root\r\nRemote-User: root\r\n"
        "X-Real-IP: 6.6.6.6\r\nForwarded: for=6.6.6.6\r\nProxy-Authorization: x\r\n"
        "Connection: close, X-Secret\r\nX-Secret: 1\r\nKeep-Alive: 3\r\nTE: trailers\r\n"
        "X-Kept: yes\r\n"
    )
    cookie = f"a=1; {relay.cookie()}; sifu=session; b=2"
    await relay.raw(relay.request(headers=headers, cookie=cookie, close=False), seconds=1)
    head = relay.upstream.heads[0].decode().lower()
    for gone in ("forged", "root", "6.6.6.6", "proxy-", "x-secret", "keep-alive", "te:", "sifu="):
        assert gone not in head
    assert "cookie: a=1; b=2\r\n" in head
    assert "x-kept: yes" in head
    assert "x-forwarded-for: 127.0.0.1" in head


@pytest.mark.parametrize("name", ["X_Sifu_Identity", "x_sifu-identity", "Remote_User"])
async def test_underscores_that_imitate_our_headers_are_refused(relay: Running, name: str) -> None:
    assert status_of(await relay.ask(headers=f"{name}: x\r\n")) == 400
    assert relay.upstream.heads == []


async def test_jupyter_learns_who_asks_by_a_signed_header(relay: Running) -> None:
    await relay.ask()
    head = relay.upstream.heads[0].decode()
    token = head.partition("X-Sifu-Identity: ")[2].partition("\r\n")[0]
    assert read_identity(KEY, token, "everyone/shared", system_clock()).user == "ada"


async def test_why_a_server_stopped_is_told_to_who_may_open_it_only(relay: Running) -> None:
    stopped = ServerRecord(relay.server, State.STOPPED, "Nobody used it for 2 hours.")
    await relay.store.write(servers.put, stopped, system_clock())
    await relay.program.context.feed.poll()
    headers = "Sec-Fetch-Mode: cors\r\n"
    told = await relay.ask("api/contents", headers=headers)
    assert (status_of(told), header_of(told, "X-Sifu-Reason")) == (503, "server_not_running")
    assert b"Nobody used it for 2 hours." in body_of(told)
    stranger = await relay.ask("api/contents", headers=headers, cookie="")
    assert (status_of(stranger), header_of(stranger, "X-Sifu-Reason")) == (401, "no_pass")
    assert b"2 hours" not in stranger


async def test_a_stopped_server_gives_people_the_start_page_and_scripts_503(
    relay: Running,
) -> None:
    await relay.store.write(servers.put, ServerRecord(SHARED), system_clock())
    await relay.program.context.feed.poll()
    answer = await relay.ask("lab/tree/a.ipynb", headers="Accept: text/html\r\n")
    assert header_of(answer, "Location") == (
        "http://127.0.0.1:3334/start/everyone/shared?next=lab%2Ftree%2Fa.ipynb"
    )
    assert status_of(await relay.ask("api/status")) == 503


async def test_a_dead_socket_is_502_and_says_so(relay: Running) -> None:
    from pathlib import Path

    Path(relay.upstream.path).unlink()
    assert status_of(await relay.ask()) == 502


async def test_only_three_places_exist(relay: Running) -> None:
    assert status_of(await relay.ask("/-/healthz", cookie="")) == 200
    for target in ("/", "/api/status", "/-/", "/-/metrics", "/favicon.ico", "/user", "/user/x"):
        assert status_of(await relay.ask(target)) == 404


async def test_an_api_token_opens_its_users_server_without_cookies(relay: Running) -> None:
    from proxy.core.credentials import hash_secret
    from proxy.store import api_tokens

    secret = "sifu_" + "t" * 40
    await relay.store.write(
        api_tokens.create,
        token_id="t1",
        secret_hash=hash_secret(secret),
        user_id=relay.user.id,
        label="script",
        now=1.0,
        expires=None,
    )
    headers = f"Authorization: token {secret}\r\nCookie: x=1\r\n"
    assert (
        status_of(await relay.ask("api/kernels", method="POST", headers=headers, cookie="")) == 200
    )
    head = relay.upstream.heads[0].decode()
    assert secret not in head
    assert "X-XSRFToken" in head
    await relay.store.write(api_tokens.revoke, "t1", 2.0)
    await relay.program.context.feed.poll()
    assert status_of(await relay.ask(headers=headers, cookie="")) == 401


@pytest.mark.parametrize(
    ("head", "status"),
    [
        ("GET {prefix}labHTTP/1.1", 400),  # no blank: llhttp takes it for HTTP/0.9
        ("GET {prefix}lab HTTP/1.1\r\nTransfer-Encoding:", 400),
        ("POST {prefix}lab HTTP/1.1\r\nTransfer-Encoding: \r\nContent-Length: 0", 400),
        ("DELETE {bare} HTTP/1.1", 405),
        ("POST {bare} HTTP/1.1\r\nContent-Length: 0", 405),
    ],
)
async def test_doubtful_requests_reach_nothing(relay: Running, head: str, status: int) -> None:
    prefix = relay.server.prefix
    text = head.format(prefix=prefix, bare=prefix[:-1])
    cookie = f"Host: {relay.host}\r\nCookie: {relay.cookie()}\r\n\r\n"
    answer = await relay.raw(f"{text}\r\n{cookie}".encode())
    assert status_of(answer) == status
    assert relay.upstream.heads == []
