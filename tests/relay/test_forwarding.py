"""For all requests: if Jupyter received bytes B, the policy allowed exactly B."""

import asyncio
import random

from proxy.core.identity import SHARED
from proxy.core.paths import Target, parse_target
from tests.relay.conftest import Running

_PIECES = [
    "/", "user", "everyone", "shared", "..", ".", "%2e", "%2E", "%2f", "%5c", "\\", ";", "//",
    "lab", "?", "#", "%00", "%", "%25", "a b", "\u20ac", "http://", "@", ":", "%75", "+", "*",
]  # fmt: skip


async def test_what_was_authorised_is_what_is_forwarded(relay: Running) -> None:
    chance = random.Random(20)  # noqa: S311 (inputs, not secrets)
    sent: list[str] = []
    for _ in range(600):
        tail = "".join(chance.choices(_PIECES, k=chance.randint(0, 7)))
        start = chance.choice(
            ["/user/everyone/shared/", "/user/everyone/shared", "/user/", "/", ""]
        )
        sent.append(start + tail)
    cookie = relay.cookie()

    async def send(raw: str) -> None:
        head = f"GET {raw} HTTP/1.1\r\nHost: {relay.host}\r\nCookie: {cookie}\r\n"
        await relay.raw(head.encode() + b"Connection: close\r\n\r\n")

    for at in range(0, len(sent), 20):
        await asyncio.gather(*(send(raw) for raw in sent[at : at + 20]))
    assert len(relay.upstream.heads) > 20  # the pieces do make targets that pass
    for head in relay.upstream.heads:
        received = head.split(b" ")[1].decode("ascii")
        assert received in sent
        parsed = parse_target(received)
        assert isinstance(parsed, Target)
        assert parsed.server == SHARED
