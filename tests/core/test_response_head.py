import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.core.response_head import Framing, MalformedResponse, parse_response_head


def parse(block: bytes, *, for_head: bool = False):
    return parse_response_head(block, for_head=for_head)


@pytest.mark.parametrize(
    ("block", "framing", "length", "keep_alive"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5", Framing.COUNTED, 5, True),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0", Framing.NONE, 0, True),
        (b"HTTP/1.1 200\r\ncontent-length:5 \r\nConnection: close", Framing.COUNTED, 5, False),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked", Framing.CHUNKED, 0, True),
        (b"HTTP/1.1 200 OK", Framing.UNTIL_CLOSE, 0, False),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 5", Framing.COUNTED, 5, False),
        (b"HTTP/1.1 204 No Content", Framing.NONE, 0, True),
        (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5", Framing.NONE, 5, True),
        (b"HTTP/1.1 101 Switching", Framing.NONE, 0, True),
    ],
)
def test_the_end_of_the_body_is_known(
    block: bytes, framing: Framing, length: int, keep_alive: bool
) -> None:
    head = parse(block)
    assert (head.framing, head.length, head.keep_alive) == (framing, length, keep_alive)


def test_the_answer_to_head_has_no_body() -> None:
    head = parse(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked", for_head=True)
    assert head.framing is Framing.NONE


def test_fields_keep_order_spelling_and_bytes() -> None:
    head = parse(b"HTTP/1.1 200 Fine \xe9\r\nSet-Cookie: a=1\r\nSET-COOKIE: b=\xff\r\nX:")
    assert head.reason == b"Fine \xe9"
    assert head.headers == ((b"Set-Cookie", b"a=1"), (b"SET-COOKIE", b"b=\xff"), (b"X", b""))


@given(st.binary(max_size=80))
def test_garbage_is_refused_and_never_crashes(block: bytes) -> None:
    with pytest.raises(MalformedResponse):
        parse(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\0" + block)
    try:
        head = parse(b"HTTP/1.1 200 OK\r\n" + block)
    except MalformedResponse:
        return
    for name, value in head.headers:
        assert not set(value) & set(b"\r\n\0")
        assert b":" not in name
