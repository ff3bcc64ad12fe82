import pytest

from proxy.core.first_look import MAX_REPEATED
from proxy.core.identity import SHARED
from proxy.core.response_headers import Surroundings
from proxy.relay import precedents
from proxy.relay.precedents import Precedent, Precedents

AROUND = Surroundings("/user/everyone/shared/", "", "", frozenset())
BLOCK = b"\r\nHost: x\r\n\r\n"


ETAG = b'\r\nIf-None-Match: "a"'


def precedent(until: float = 100.0, head: bytes = BLOCK) -> Precedent:
    return Precedent(
        SHARED, "/s", AROUND, "session 1", None, head, shows_person=False, last=False, until=until
    )


def test_a_precedent_is_for_one_peer_and_the_same_bytes() -> None:
    known = Precedents()
    known.note("192.0.2.1", BLOCK, precedent())
    assert known.find("192.0.2.1", BLOCK, 1.0) is not None
    assert known.find("192.0.2.2", BLOCK, 1.0) is None
    assert known.find("192.0.2.1", BLOCK.lower(), 1.0) is None


def test_a_precedent_ends_in_time() -> None:
    known = Precedents()
    known.note("a", BLOCK, precedent(until=100.0))
    assert known.find("a", BLOCK, 99.9) is not None
    assert known.find("a", BLOCK, 100.0) is None
    assert known.find("a", BLOCK, 99.9) is None


def test_the_number_is_bounded_and_the_oldest_goes() -> None:
    known = Precedents()
    for number in range(precedents._MAX_PRECEDENTS + 1):
        known.note("a", b"%d" % number, precedent())
    assert known.find("a", b"0", 1.0) is None
    assert known.find("a", b"1", 1.0) is not None


def test_after_a_change_and_while_draining_nothing_is_known() -> None:
    known = Precedents()
    known.note("a", BLOCK, precedent())
    known.forget_all()
    assert known.find("a", BLOCK, 1.0) is None
    known.close()
    known.note("a", BLOCK, precedent())
    assert known.find("a", BLOCK, 1.0) is None


@pytest.mark.parametrize("first", [b"", ETAG])
@pytest.mark.parametrize("then", [b"", ETAG, b'\r\nIf-None-Match: W/"b", "c"'])
def test_what_is_asked_of_a_copys_freshness_goes_up_as_it_came(first: bytes, then: bytes) -> None:
    known = Precedents()
    known.note("a", first + BLOCK, precedent(head=first + BLOCK))
    found = known.find("a", then + BLOCK, 1.0)
    assert found is not None
    assert found.head == then + BLOCK


@pytest.mark.parametrize(
    "line",
    [
        b"\r\nIf-None-Match: a\nX: y",
        b"\r\nIf-None-Match: a\r",
        b"\r\nIf-None-Match: a\0",
        b"\r\nIf-None-Match: \xe9",
        b"\r\nIf-None-Match:a",
        b"\r\nIf-None-Match : a",
        b"\r\nIf-None-Match: ",
        b"\r\nIf-None-Match: a\r\n b",
        b"\nIf-None-Match: a",
        b"\r\nIf-Match: a",
        b"\r\nIf-Range: a",
        ETAG * 3,
        b"\r\nIf-None-Match: " + b"a" * MAX_REPEATED,
    ],
)
def test_what_browsers_do_not_write_takes_the_long_way(line: bytes) -> None:
    known = Precedents()
    known.note("a", BLOCK, precedent())
    assert known.find("a", line + BLOCK, 1.0) is None


def test_a_condition_that_did_not_go_up_makes_no_precedent() -> None:
    known = Precedents()
    known.note("a", ETAG + BLOCK, precedent(head=BLOCK))
    assert known.find("a", ETAG + BLOCK, 1.0) is None
    assert known.find("a", BLOCK, 1.0) is None


def test_no_credential_is_shown() -> None:
    assert "Host" not in repr(precedent())
