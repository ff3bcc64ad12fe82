"""The request fuzz runs against a relay process, and its reader is right by itself."""

from random import Random

import pytest

from hazards.fuzz_requests import fuzz
from hazards.request_cases import RequestCase, RequestMaker, fill
from hazards.request_recorder import wrong_head
from hazards.request_reference import Request, read_requests

HEAD = b"POST /user/everyone/shared/x HTTP/1.1\r\nHost: a\r\n"


async def test_good_requests_arrive_once_each() -> None:
    maker = RequestMaker(Random(1))  # noqa: S311
    cases = [case for case in (maker.make() for _ in range(200)) if case.is_plain]
    assert await fuzz(iter(cases))


@pytest.mark.parametrize(
    ("data", "bodies", "trouble"),
    [
        (HEAD + b"Content-Length: 2\r\n\r\nokGET", [b"ok"], ""),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", [b"ok"], ""),
        (HEAD + b"\r\n" + HEAD + b"\r\n", [b"", b""], ""),
        (HEAD + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n", [], "two framings"),
        (HEAD + b"Content-Length: 2\r\n\r\no", [], ""),
        (HEAD + b"X : y\r\n\r\n", [], "field"),
        (b"GET /x\r\n\r\n", [], "request line"),
    ],
)
def test_a_stream_of_requests_is_read_strictly(
    data: bytes, bodies: list[bytes], trouble: str
) -> None:
    found = read_requests(data)
    assert [request.body for request in found.whole] == bodies
    assert found.trouble == trouble


def test_what_must_not_come_up_is_seen() -> None:
    assert wrong_head(Request("GET", "/user/everyone/shared/lab", [])) == ""
    for target in ("/user/everyone/sharedx", "/user/everyone/shared/%2e%2e/x", "/"):
        assert wrong_head(Request("GET", target, []))
    assert wrong_head(Request("GET", "/user/everyone/shared/", [(b"cookie", b"sifu-pass=x")]))


def test_a_filled_body_is_as_long_as_it_says() -> None:
    maker = RequestMaker(Random(2))  # noqa: S311
    for case in (maker.make() for _ in range(300)):
        if case.is_plain:
            filled = fill(case, "127.0.0.1:4000", "sifu-pass=" + "x" * 300)
            found = read_requests(b"".join(filled.pieces))
            assert (found.trouble, found.partial) == ("", None)
            assert isinstance(filled, RequestCase)
