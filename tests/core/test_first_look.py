import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.core.first_look import (
    long_body_start,
    repeatable_block,
    split_conditions,
    split_websocket_key,
)

GET = b"GET /x HTTP/1.1\r\nHost: y\r\n\r\n"
PUT = b"PUT /x HTTP/1.1\r\ncontent-length: 300\r\n\r\n"


def test_a_whole_get_has_a_block_and_nothing_else_has() -> None:
    assert repeatable_block(GET) == b"\r\nHost: y\r\n\r\n"
    for other in (GET[:-1], GET + b"x", GET + GET, b" " + GET, PUT, b"GET /x", b""):
        assert repeatable_block(other) is None
    assert repeatable_block(b"GET /x HTTP/1.1\r\nX: " + b"a" * 9000 + b"\r\n\r\n") is None


@pytest.mark.parametrize("rest", [b"", b"body"])
def test_a_long_body_is_seen_in_its_head(rest: bytes) -> None:
    assert long_body_start(PUT + rest, 300) == len(PUT)
    assert long_body_start(PUT + rest, 301) == 0


@pytest.mark.parametrize(
    "data",
    [
        b"GET" + PUT[3:],
        PUT[:-1],
        b"PUT /x HTTP/1.1\r\n\r\nContent-Length: 300\r\n",
        b"PUT /x HTTP/1.1\r\nX: y\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"PUT /x HTTP/1.1\r\nX-Content-Length: 300\r\n\r\n",
        b"",
    ],
)
def test_everything_else_is_left_to_the_parser(data: bytes) -> None:
    assert long_body_start(data, 300) == 0


@given(st.binary(min_size=16, max_size=16), st.binary(max_size=60), st.binary(max_size=60))
def test_a_websocket_key_is_taken_out_and_nothing_else(raw: bytes, one: bytes, two: bytes) -> None:
    key = base64.b64encode(raw)
    before, after = one + b"\r\nSec-WebSocket-Key: ", b"\r\n" + two
    assert split_websocket_key(before + key + after) == (before + after, key)


@given(st.binary(max_size=80))
def test_what_is_no_key_stays_where_it_is(value: bytes) -> None:
    block = b"\r\nSec-WebSocket-Key: " + value
    rest, key = split_websocket_key(block)
    assert rest == block if not key else len(base64.b64decode(key, validate=True)) == 16


@given(st.lists(st.sampled_from([b"A: b", b'If-None-Match: "c"', b"If-Modified-Since: d"])))
def test_what_is_taken_out_of_a_block_and_the_rest_are_the_block(lines: list[bytes]) -> None:
    block = b"".join(b"\r\n" + line for line in lines) + b"\r\n\r\n"
    rest, conditions = split_conditions(block)
    together = rest + b"".join(conditions)
    assert sorted(together.split(b"\r\n")) == sorted(block.split(b"\r\n"))
    asked = [line for line in lines if line.startswith(b"If-")]
    assert len(conditions) == (len(asked) if len(asked) == len(set(asked)) else 0)
