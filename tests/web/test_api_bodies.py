import asyncio
import gzip
import json

import pytest

from proxy.web.api_bodies import MAX_BODY_BYTES
from tests.web.api_front import run_front

JSON = {"Content-Type": "application/json"}


@pytest.fixture
async def front(store, clock, tmp_path):
    async with run_front(store, clock, tmp_path) as running:
        yield running


async def test_an_oversized_body_is_refused_whether_its_length_is_told_or_not(front):
    long = json.dumps({"name": "x" * MAX_BODY_BYTES}).encode()

    async def chunks():
        yield long

    for data in (long, chunks()):
        status, _, got = await front.ask("POST", "/api/users", "root", data=data, headers=JSON)
        assert (status, got.content_type) == (413, "application/problem+json")


async def test_a_small_body_that_unpacks_to_a_large_one_is_refused(front):
    packed = gzip.compress(b" " * (50 * MAX_BODY_BYTES))
    assert len(packed) < MAX_BODY_BYTES
    headers = JSON | {"Content-Encoding": "gzip"}
    assert (await front.ask("POST", "/api/users", "root", data=packed, headers=headers))[0] == 413


async def test_a_body_damaged_in_its_packing_is_the_clients_fault(front):
    headers = JSON | {"Content-Encoding": "gzip"}
    status, _, _ = await front.ask("POST", "/api/users", "root", data=b"\0" * 99, headers=headers)
    assert status == 400


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "text/json", None],
)
async def test_a_type_that_a_form_of_a_foreign_page_can_send_is_refused(front, content_type):
    headers = {} if content_type is None else {"Content-Type": content_type}
    status, _, _ = await front.ask(
        "POST",
        "/api/servers",
        "ada",
        data=b"{}",
        headers=headers,
        skip_auto_headers=["Content-Type"],
    )
    assert status == 415
    assert front.manager.starts == []


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff\xfe", b'{"name": "\\ud800"}', b"[" * 5000, b'{"name": NaN'],
)
async def test_malformed_json_is_a_bad_request(front, body):
    assert (await front.ask("POST", "/api/users", "root", data=body, headers=JSON))[0] == 400


async def test_json_with_a_charset_is_json(front):
    headers = {"Content-Type": "application/json; charset=utf-8"}
    body = b'{"name": "eva"}'
    assert (await front.ask("POST", "/api/users", "root", data=body, headers=headers))[0] == 201


async def test_a_refusal_does_not_repeat_a_password(front):
    body = {"name": "eve", "password": "hunter2", "passwrod": "correct horse"}
    status, problem, _ = await front.ask("POST", "/api/users", "root", json=body)
    assert status == 422
    assert "“password”" in problem["detail"]
    assert "“passwrod”" in problem["detail"]
    assert "hunter2" not in str(problem)
    assert "horse" not in str(problem)


async def test_values_are_not_bent_into_other_types(front):
    body = {"name": "eve", "admin": "yes"}
    assert (await front.ask("POST", "/api/users", "root", json=body))[0] == 422


async def test_a_body_that_never_ends_is_given_up(front, monkeypatch):
    monkeypatch.setattr("proxy.web.api_bodies._BODY_SECONDS", 0.2)
    reader, writer = await asyncio.open_connection("127.0.0.1", front.settings.front_port)
    writer.write(
        b"POST /api/users HTTP/1.1\r\nContent-Type: application/json\r\n"
        b"Host: " + front.origin.removeprefix("http://").encode() + b"\r\n"
        b"Content-Length: 100\r\nAuthorization: Bearer " + front.bearers["root"].encode() + b"\r\n"
        b"\r\n{"
    )
    async with asyncio.timeout(5):
        assert b" 400 " in await reader.readline()
    writer.close()
    await writer.wait_closed()
