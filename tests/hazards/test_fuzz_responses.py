"""The response fuzz holds for some thousand inputs, and sees it when something is wrong."""

from collections.abc import Callable
from pathlib import Path

import pytest

from hazards.fuzz_responses import check, run_batch
from hazards.http_reference import read_response
from hazards.response_case import Case, Ending, load_case
from hazards.response_oracle import judge
from hazards.response_rig import Delivery, deliver


def a_case(stream: bytes, *, ending: Ending = Ending.EOF) -> Case:
    return Case(
        method="GET",
        rest="lab",
        asks_close=False,
        offers=False,
        uploaded=True,
        is_slow=False,
        again=True,
        leaves=-1,
        pieces=(stream[:20], stream[20:]),
        ending=ending,
    )


COUNTED = a_case(b"HTTP/1.1 200 OK\r\nEtag: x\r\nContent-Length: 5\r\n\r\nhello")
CHUNKED = a_case(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n")
BROKEN = a_case(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nokX0\r\n\r\n")
LIE = a_case(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nok")


def test_some_thousand_hostile_responses_do_no_harm() -> None:
    failed = run_batch(seed=1, batch=0, size=4_000)
    assert [wrong for wrong, _ in failed] == []


@pytest.mark.parametrize("case", [COUNTED, CHUNKED, BROKEN, LIE])
def test_a_case_holds(case: Case) -> None:
    assert check(case) == ""


def set_outcome(name: str) -> Callable[[Delivery], None]:
    return lambda told: setattr(told, "outcome", name)


def add_byte(told: Delivery) -> None:
    told.browser += b"E"


def drop_byte(told: Delivery) -> None:
    told.browser = told.browser[:-1]


def release(told: Delivery) -> None:
    told.released = not told.released


def escape(told: Delivery) -> None:
    told.escaped = "ValueError()"


def add_field(told: Delivery) -> None:
    told.browser = told.browser.replace(b"\r\n", b"\r\nStrict-Transport-Security: a\r\n", 1)


def change_field(told: Delivery) -> None:
    told.browser = told.browser.replace(b"Etag: x", b"Etag: y")


def stop_reading(told: Delivery) -> None:
    told.stopped_reading = True


TAMPERED = [
    *((COUNTED, tamper) for tamper in (add_byte, drop_byte, release, escape, add_field)),
    (COUNTED, change_field),
    (COUNTED, stop_reading),
    *((COUNTED, set_outcome(name)) for name in ("LAST", "CUT", "MALFORMED", "NOTHING", "")),
    *((CHUNKED, tamper) for tamper in (add_byte, drop_byte, release)),
    *((BROKEN, tamper) for tamper in (release, set_outcome("COMPLETE"), set_outcome("LAST"))),
    *((LIE, tamper) for tamper in (add_byte, release, set_outcome("COMPLETE"))),
]


@pytest.mark.parametrize(("case", "tamper"), TAMPERED)
def test_what_is_wrong_is_seen(case: Case, tamper: Callable[[Delivery], None]) -> None:
    told = deliver(case, case.pieces)
    sent = read_response(case.stream, case.method, offered=False)
    assert judge(case, sent, case.pieces, told) == ""
    tamper(told)
    assert judge(case, sent, case.pieces, told)


def test_a_kept_case_is_the_same_when_it_is_read(tmp_path: Path) -> None:
    BROKEN.save(tmp_path / "case.json", "a reason")
    assert load_case(tmp_path / "case.json") == BROKEN
