import base64
import hashlib

import pytest

from proxy.core.websocket_handshake import Offer, answers, read_offer

KEY = base64.b64encode(b"0123456789abcdef")
ACCEPT = base64.b64encode(
    hashlib.sha1(KEY + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest()  # noqa: S324
)
REQUEST = [
    (b"Upgrade", b"WebSocket"),
    (b"Sec-WebSocket-Key", KEY),
    (b"Sec-WebSocket-Version", b"13"),
    (b"Sec-WebSocket-Protocol", b"a, b"),
    (b"Sec-WebSocket-Extensions", b"permessage-deflate; client_max_window_bits"),
]
ANSWER = [
    (b"Upgrade", b"websocket"),
    (b"Connection", b"Upgrade"),
    (b"Sec-WebSocket-Accept", ACCEPT),
]


def test_a_proper_offer_is_read() -> None:
    offer = read_offer("GET", REQUEST)
    assert offer == Offer(KEY, ("a", "b"), frozenset({"permessage-deflate"}))


@pytest.mark.parametrize(
    ("index", "replacement"),
    [
        (0, (b"Upgrade", b"h2c")),
        (0, (b"Upgrade", b"websocket, h2c")),
        (1, (b"Sec-WebSocket-Key", b"short")),
        (1, (b"Sec-WebSocket-Key", b"!" * 24)),
        (2, (b"Sec-WebSocket-Version", b"8")),
    ],
)
def test_an_improper_offer_is_none(index: int, replacement: tuple[bytes, bytes]) -> None:
    request = [*REQUEST]
    request[index] = replacement
    assert read_offer("GET", request) is None


def test_two_keys_or_another_method_are_no_offer() -> None:
    assert read_offer("GET", [*REQUEST, (b"Sec-WebSocket-Key", KEY)]) is None
    assert read_offer("POST", REQUEST) is None


def test_an_answer_must_fit_the_offer() -> None:
    offer = read_offer("GET", REQUEST)
    assert offer is not None
    assert answers(offer, ANSWER)
    assert answers(offer, [*ANSWER, (b"Sec-WebSocket-Protocol", b"b")])
    assert answers(offer, [*ANSWER, (b"Sec-WebSocket-Extensions", b"permessage-deflate; x=1")])


@pytest.mark.parametrize(
    "headers",
    [
        ANSWER[:2],
        [*ANSWER[:2], (b"Sec-WebSocket-Accept", b"x")],
        [*ANSWER, (b"Sec-WebSocket-Accept", ACCEPT)],
        ANSWER[1:],
        [ANSWER[0], ANSWER[2]],
        [*ANSWER, (b"Sec-WebSocket-Protocol", b"c")],
        [*ANSWER, (b"Sec-WebSocket-Protocol", b"a, b")],
        [*ANSWER, (b"Sec-WebSocket-Extensions", b"x-unasked")],
    ],
)
def test_an_answer_to_something_else_is_not_believed(headers: list[tuple[bytes, bytes]]) -> None:
    offer = read_offer("GET", REQUEST)
    assert offer is not None
    assert not answers(offer, headers)
