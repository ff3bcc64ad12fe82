from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.core.chunks import ChunkFollower
from proxy.core.response_head import MalformedResponse

_BODIES = st.lists(st.binary(min_size=1, max_size=40), max_size=6)


def encode(parts: list[bytes]) -> bytes:
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def cut(data: bytes, places: list[int]) -> list[bytes]:
    marks = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[start:end] for start, end in pairwise(marks)]


@given(_BODIES, st.lists(st.integers(0, 10_000), max_size=30), st.binary(max_size=10))
def test_a_proper_body_passes_whole_however_it_is_cut(
    parts: list[bytes], places: list[int], excess: bytes
) -> None:
    body = encode(parts)
    follower = ChunkFollower()
    passed = b""
    for piece in cut(body, places):
        passed += follower.feed(piece)
    assert passed == body
    assert follower.done
    assert not follower.excess


@given(_BODIES, st.binary(min_size=1, max_size=40))
def test_nothing_behind_the_end_passes(parts: list[bytes], excess: bytes) -> None:
    body = encode(parts)
    follower = ChunkFollower()
    assert follower.feed(body + excess) == body
    assert follower.excess


@given(st.lists(st.binary(max_size=30), max_size=8))
def test_garbage_never_passes_beyond_its_first_fault(pieces: list[bytes]) -> None:
    follower = ChunkFollower()
    passed = b""
    try:
        for piece in pieces:
            passed += follower.feed(piece)
            if follower.done:
                break
    except MalformedResponse:
        pass
    # What passed is a beginning of a proper body: another follower accepts it too.
    again = ChunkFollower()
    again.feed(passed)


@pytest.mark.parametrize(
    "body",
    [b"x", b"\r\n", b"1\n", b"1;a\r\n", b"1 \r\n", b"0x1\r\n", b"1\r\nab", b"1\r\na\n0", b"f" * 30],
)
def test_a_malformed_chunk_is_refused(body: bytes) -> None:
    with pytest.raises(MalformedResponse):
        ChunkFollower().feed(body + b" " * 20)


def test_trailers_are_dropped_and_bounded() -> None:
    follower = ChunkFollower()
    assert follower.feed(b"0\r\nSet-Cookie: a=1\r\nX: y\r\n\r\n") == b"0\r\n\r\n"
    with pytest.raises(MalformedResponse):
        ChunkFollower().feed(b"0\r\n" + b"X" * 10_000)
    with pytest.raises(MalformedResponse):
        ChunkFollower().feed(b"0\r\nX: " + b"X" * 10_000 + b"\r\n\r\n")


def test_an_incomplete_size_line_is_held_back() -> None:
    follower = ChunkFollower()
    assert follower.feed(b"1") == b""
    assert follower.feed(b"\r") == b""
    assert follower.feed(b"\na") == b"1\r\na"
