"""A word for an account."""

from proxy.servers.account import Account


def test_its_group_is_its_own() -> None:
    assert Account(100000, "ada").gid == 100000
