"""The second reader of responses is right by itself: it judges others."""

import pytest

from hazards.http_reference import State, read_response

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"

ENDS = {
    "nothing": (b"", State.EMPTY),
    "half a head": (OK, State.HEAD),
    "counted": (OK + b"Content-Length: 2\r\n\r\nok", State.WHOLE),
    "more than counted": (OK + b"Content-Length: 2\r\n\r\nokEVIL", State.WHOLE),
    "less than counted": (OK + b"Content-Length: 3\r\n\r\nok", State.BODY),
    "until close": (OK + b"\r\nok", State.OPEN),
    "chunked": (CHUNKED + b"2\r\nok\r\n0\r\n\r\n", State.WHOLE),
    "trailers": (CHUNKED + b"0\r\nA: b\r\n\r\n", State.WHOLE),
    "half a chunk": (CHUNKED + b"5\r\nok", State.BODY),
    "no chunk size": (CHUNKED + b"zz\r\n", State.BAD_BODY),
    "chunk extension": (CHUNKED + b"2;a=b\r\nok\r\n0\r\n\r\n", State.BAD_BODY),
    "chunk without end": (CHUNKED + b"2\r\nokX", State.BAD_BODY),
    "two lengths": (OK + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\nok", State.BAD_HEAD),
    "bare lf": (OK + b"X: a\nContent-Length: 0\r\n\r\n", State.BAD_HEAD),
    "interim": (b"HTTP/1.1 100 Continue\r\n\r\n" + OK + b"Content-Length: 0\r\n\r\n", State.WHOLE),
    "unasked 101": (b"HTTP/1.1 101 Switching Protocols\r\n\r\n", State.BAD_HEAD),
}


@pytest.mark.parametrize("name", ENDS)
def test_a_response_ends_as_rfc_9112_says(name: str) -> None:
    data, state = ENDS[name]
    assert read_response(data, "GET", offered=False).state is state


def test_the_end_is_where_the_next_message_would_begin() -> None:
    for message in (OK + b"Content-Length: 2\r\n\r\nok", CHUNKED + b"2\r\nok\r\n0\r\n\r\n"):
        read = read_response(message + b"EVIL", "GET", offered=False)
        assert read.end == len(message)
        assert read.body == b"ok"


def test_an_answer_to_head_has_no_body() -> None:
    read = read_response(OK + b"Content-Length: 5\r\n\r\n", "HEAD", offered=False)
    assert read.state is State.WHOLE
