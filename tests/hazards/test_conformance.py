"""The comparison of conformance, and the shim in front of the relay."""

from hazards.conformance import table, worse_cases
from hazards.handshake_shim import HandshakeShim

GOOD, LAX, BAD = ("OK", "OK"), ("NON-STRICT", "OK"), ("FAILED", "OK")


def test_only_what_is_worse_than_directly_counts() -> None:
    assert worse_cases({"1.1.1": BAD, "1.1.2": LAX}, {"1.1.1": BAD, "1.1.2": GOOD}) == []
    assert len(worse_cases({"1.1.1": GOOD}, {"1.1.1": LAX})) == 1
    assert len(worse_cases({"1.1.1": GOOD}, {"1.1.1": ("OK", "UNCLEAN")})) == 1
    assert len(worse_cases({"1.1.1": GOOD}, {})) == 1


def test_the_table_has_a_row_for_each_group() -> None:
    ends = {"1.1.1": GOOD, "7.1.1": BAD, "7.1.2": GOOD}
    rows = table(ends, ends).splitlines()
    assert rows[2].startswith("| 1 framing | 1 | 1 OK | 1 OK |")
    assert rows[3].startswith("| 7 closing | 2 |")
    assert rows[4].startswith("| all | 3 |")


def test_the_shim_puts_a_pass_into_the_handshake() -> None:
    shim = HandshakeShim(4000, {"Cookie": "sifu-pass=x", "Origin": "http://127.0.0.1:4000"})
    head = b"GET /x HTTP/1.1\r\nHost: other\r\nUpgrade: websocket\r\nOrigin: http://other\r\n\r\n"
    signed = shim._sign(head)
    assert signed.startswith(b"GET /x HTTP/1.1\r\nHost: 127.0.0.1:4000\r\nCookie: sifu-pass=x\r\n")
    assert b"other" not in signed
    assert signed.endswith(b"Upgrade: websocket\r\n\r\n")
