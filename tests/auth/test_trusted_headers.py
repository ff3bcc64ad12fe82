"""Headers without a signature: believed from listed networks alone."""

from ipaddress import ip_network
from typing import Any

import pytest

from proxy.auth.trusted_headers import HeaderNames, TrustedHeaders
from proxy.core.errors import Forbidden
from proxy.core.vouching import Arriving

NAMES = HeaderNames("remote-user", "remote-email", "remote-groups")
VOUCHER = TrustedHeaders(NAMES, [ip_network("10.0.0.0/8")])


async def verify(peer: str = "10.0.0.1", **headers: Any) -> Any:
    named = {name.replace("__", "-"): tuple(values) for name, values in headers.items()}
    return await VOUCHER.verify(Arriving(named, peer))


async def test_whom_the_proxy_names_is_known() -> None:
    found = await verify(
        remote__user=["ann"], remote__email=["a@example.org"], remote__groups=["a, b,,c"]
    )
    assert (found.subject, found.name, found.email) == ("ann", "ann", "a@example.org")
    assert found.groups == {"a", "b", "c"}


async def test_without_the_name_nobody_is_named() -> None:
    assert await verify(remote__groups=["admins"]) is None


@pytest.mark.parametrize(
    ("headers", "word"),
    [
        ({"remote__user": ["ann"], "peer": "127.0.0.1"}, "network"),
        ({"remote__user": ["ann", "root"]}, "twice"),
        ({"remote__user": ["ann"], "remote__groups": ["a", "admins"]}, "twice"),
        ({"remote__user": ["ann"], "remote_groups": ["admins"]}, "underscore"),
        ({"remote__user": [""]}, "empty"),
        ({"remote__user": ["  "]}, "empty"),
        ({"remote__user": ["a\x00b"]}, "empty"),
        ({"remote__user": ["a" * 256]}, "empty"),
    ],
)
async def test_what_may_be_the_clients_is_refused(headers: dict[str, Any], word: str) -> None:
    with pytest.raises(Forbidden) as refused:
        await verify(**headers)
    assert refused.value.detail == word
