import pytest

from proxy.core.response_head import Framing, MalformedResponse
from proxy.core.response_headers import Surroundings
from proxy.relay import answer_heads
from proxy.relay.answer_heads import judge_head

HERE = Surroundings("/user/ada/home/", "http://nb", "frame-ancestors 'self'", frozenset())
THERE = Surroundings("/user/bob/home/", "http://nb", "frame-ancestors 'self'", frozenset())
PLAIN = b"HTTP/1.1 200 OK\r\nContent-Length: 2"


def test_a_remembered_head_is_the_same_as_a_judged_one() -> None:
    first = judge_head(PLAIN, "GET", HERE, "lab", last=False)
    again = judge_head(PLAIN, "GET", HERE, "tree", last=False)
    assert first is again
    assert first.written.startswith(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n")
    assert first.written.endswith(b"\r\n\r\n")


def test_what_a_head_depends_on_is_part_of_the_memory() -> None:
    cookie = PLAIN + b"\r\nSet-Cookie: a=b; Path=/user/ada/home/"
    assert b"a=b" in judge_head(cookie, "GET", HERE, "lab", last=False).written
    assert b"a=b" not in judge_head(cookie, "GET", THERE, "lab", last=False).written
    assert judge_head(PLAIN, "HEAD", HERE, "lab", last=False).framing is Framing.NONE
    assert judge_head(PLAIN, "GET", HERE, "lab", last=False).framing is Framing.COUNTED
    assert b"sandbox" in judge_head(PLAIN, "GET", HERE, "files/x.html", last=False).written
    assert b"sandbox" not in judge_head(PLAIN, "GET", HERE, "lab", last=False).written
    assert b"Connection: close" in judge_head(PLAIN, "GET", HERE, "lab", last=True).written


def test_a_malformed_head_is_refused_every_time() -> None:
    for _ in range(3):
        with pytest.raises(MalformedResponse):
            judge_head(b"HTTP/1.1 200 OK\r\nContent-Length: 1\n", "GET", HERE, "lab", last=False)


def test_long_heads_are_not_kept() -> None:
    answer_heads._remembered.cache_clear()
    long = PLAIN + b"\r\nX: " + b"a" * 5000
    judge_head(long, "GET", HERE, "lab", last=False)
    assert answer_heads._remembered.cache_info().currsize == 0


def test_a_body_until_close_closes_the_browser_too() -> None:
    head = judge_head(b"HTTP/1.1 200 OK", "GET", HERE, "lab", last=False)
    assert head.framing is Framing.UNTIL_CLOSE
    assert b"Connection: close" in head.written


def test_the_answer_to_a_handshake_is_not_remembered() -> None:
    answer = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade"
    before = answer_heads._remembered.cache_info().currsize
    judge_head(answer, "GET", HERE, "ws", last=True)
    assert answer_heads._remembered.cache_info().currsize == before
