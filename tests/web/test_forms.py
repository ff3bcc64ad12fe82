"""Forms: bounded in size and time."""

import asyncio

import pytest

from proxy.web import forms
from tests.web.page_front import PORT, Pages

HEAD = (
    f"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1:{PORT}\r\nSec-Fetch-Site: same-origin\r\n"
    "Content-Type: application/x-www-form-urlencoded\r\n"
)


async def status_of(sent: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
    writer.write(sent)
    try:
        async with asyncio.timeout(5):
            return (await reader.readline()).split()[1]
    finally:
        writer.close()


async def test_a_form_that_trickles_is_not_waited_for(
    pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forms, "_SECONDS", 0.05)
    assert await status_of(f"{HEAD}Content-Length: 50\r\n\r\nname=a".encode()) == b"400"


async def test_a_form_without_end_is_cut_off(pages: Pages) -> None:
    chunk = b"4000\r\n" + b"x" * 0x4000 + b"\r\n"
    sent = f"{HEAD}Transfer-Encoding: chunked\r\n\r\n".encode() + chunk * 2
    assert await status_of(sent) == b"413"


async def test_a_form_that_says_gzip_and_is_not_is_refused(pages: Pages) -> None:
    sent = f"{HEAD}Content-Encoding: gzip\r\nContent-Length: 11\r\n\r\nname=a&x=yz"
    assert await status_of(sent.encode()) == b"400"


async def test_the_last_of_two_fields_counts(pages: Pages) -> None:
    answer = await pages.ask(
        "POST",
        "/sign-in",
        data=b"name=bob&name=ada&password=correct+horse",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert answer.status == 303
    home = await pages.ask("GET", "/", headers={"Cookie": f"sifu={answer.session}"})
    assert "Hello, ada" in home.text
