from ipaddress import ip_network

import pytest

from proxy.core.vouching import Arriving, VouchingFault, fault_of, says

NETWORKS = [ip_network("10.0.0.0/8"), ip_network("fd00::/8")]
NAMES = frozenset({"remote-user", "remote-groups"})
USER = {"remote-user": ("ann",)}


def arriving(headers=USER, peer="10.1.2.3", **more):
    return Arriving(headers, peer, **more)


@pytest.mark.parametrize("peer", ["10.1.2.3", "fd00::1", "::ffff:10.1.2.3", "fd00::1%eth0"])
def test_a_listed_network_is_believed(peer):
    assert fault_of(arriving(peer=peer), NAMES, NETWORKS) is None


@pytest.mark.parametrize(
    "peer", ["11.0.0.1", "127.0.0.1", "::1", "", "10.1.2", "unix", "::ffff:11.0.0.1"]
)
def test_another_network_is_not(peer):
    assert fault_of(arriving(peer=peer), NAMES, NETWORKS) is VouchingFault.NETWORK


def test_a_notebook_is_not_even_from_there():
    assert fault_of(arriving(is_notebook=True), NAMES, NETWORKS) is VouchingFault.NETWORK


def test_two_of_a_header_are_one_too_many():
    for name in NAMES:
        headers = USER | {name: ("ann", "root")}
        assert fault_of(arriving(headers), NAMES, NETWORKS) is VouchingFault.TWICE


@pytest.mark.parametrize("name", ["remote_user", "remote_groups"])
def test_an_underscore_that_others_take_for_a_hyphen_is_refused(name):
    headers = USER | {name: ("root",)}
    assert fault_of(arriving(headers), NAMES, NETWORKS) is VouchingFault.UNDERSCORE
    assert says(Arriving({name: ("root",)}, ""), NAMES)


def test_without_such_a_header_nobody_is_named():
    assert not says(Arriving({"user": ("ann",)}, "10.0.0.1"), NAMES)
    assert says(arriving(), NAMES)
