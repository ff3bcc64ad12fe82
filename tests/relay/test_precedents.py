from proxy.core.identity import SHARED
from proxy.core.response_headers import Surroundings
from proxy.relay import precedents
from proxy.relay.precedents import Precedent, Precedents

AROUND = Surroundings("/user/everyone/shared/", "", "", frozenset())
BLOCK = b"\r\nHost: x\r\n\r\n"


def precedent(until: float = 100.0) -> Precedent:
    return Precedent(
        SHARED, "/s", AROUND, "session 1", None, BLOCK, shows_person=False, last=False, until=until
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


def test_no_credential_is_shown() -> None:
    assert "Host" not in repr(precedent())
