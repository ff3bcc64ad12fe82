"""A client may write what it likes into X-Forwarded-For."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.core.forwarded import UNKNOWN, Network, client_address

TRUSTED: list[Network] = [
    ipaddress.ip_network("127.0.0.0/8"),
    ipaddress.ip_network("::1/128"),
    ipaddress.ip_network("10.0.0.0/8"),
]


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("127.0.0.1", [], "127.0.0.1"),
        ("127.0.0.1", ["203.0.113.9"], "203.0.113.9"),
        ("127.0.0.1", ["198.51.100.7, 203.0.113.9"], "203.0.113.9"),  # the left is invented
        ("127.0.0.1", ["198.51.100.7", "203.0.113.9"], "203.0.113.9"),  # two headers
        ("127.0.0.1", ["203.0.113.9, 10.1.1.1"], "203.0.113.9"),  # a second proxy
        ("127.0.0.1", ["10.2.2.2, 10.1.1.1"], "10.2.2.2"),  # all trusted
        ("::1", ["2001:db8::5"], "2001:db8::5"),
        ("::ffff:127.0.0.1", ["::ffff:203.0.113.9"], "203.0.113.9"),
        ("203.0.113.1", ["198.51.100.7"], "203.0.113.1"),  # the peer is no proxy of ours
        (None, ["203.0.113.9"], "203.0.113.9"),  # a unix socket
        (None, [], UNKNOWN),
    ],
)
def test_the_nearest_untrusted_address_is_the_client(
    peer: str | None, forwarded: list[str], client: str
) -> None:
    assert client_address(peer, forwarded, TRUSTED) == client


@pytest.mark.parametrize(
    "nonsense",
    ["unknown", "", "203.0.113.9:4711", "203.0.113.9, ", "evil\\", "_hidden", "1.2.3", "[::1]"],
)
def test_nonsense_ends_the_belief(nonsense: str) -> None:
    assert client_address("127.0.0.1", [nonsense], TRUSTED) == "127.0.0.1"


def test_nonsense_left_of_the_client_is_not_even_read() -> None:
    assert client_address("127.0.0.1", ["nonsense, 203.0.113.9"], TRUSTED) == "203.0.113.9"


def test_an_endless_list_is_not_walked() -> None:
    assert client_address("127.0.0.1", [",".join(["10.0.0.1"] * 99)], TRUSTED) == "127.0.0.1"


@given(st.lists(st.text(), max_size=4))
def test_an_untrusted_peer_is_always_itself(forwarded: list[str]) -> None:
    assert client_address("203.0.113.1", forwarded, TRUSTED) == "203.0.113.1"
