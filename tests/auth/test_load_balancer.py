"""A load balancer's word, tried with keys on a real server."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from ipaddress import ip_network
from typing import Any

import jwt
import pytest
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from proxy.auth.load_balancer import LoadBalancer
from proxy.auth.outward import open_client
from proxy.core.errors import Forbidden, UpstreamBroken
from proxy.core.load_balancer import HEADER, Signer
from proxy.core.vouching import Arriving
from tests.conftest import FakeClock

ARN = "arn:aws:elasticloadbalancing:eu-west-1:1:loadbalancer/app/x/1"
KNOWN = Signer(ARN, "client", "https://id.example")


def public(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


@dataclass
class Region:
    """Publishes keys; `keys` are PEM by their names."""

    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    keys: dict[str, bytes] = field(default_factory=dict)
    asked: int = 0
    hold: asyncio.Event = field(default_factory=asyncio.Event)
    address: str = ""

    async def publish(self, request: web.Request) -> web.Response:
        self.asked += 1
        await self.hold.wait()
        name = request.match_info["name"]
        if name not in self.keys:
            return web.Response(status=404)
        return web.Response(body=self.keys[name])

    def token(self, now: float, **changes: Any) -> str:
        """Sign as a load balancer does, with padding."""
        header = {
            "alg": "ES256",
            "kid": "k1",
            "signer": ARN,
            "client": "client",
            "iss": "https://id.example",
            "exp": now + 120,
        } | changes.pop("header", {})
        claims = {"sub": "ann", "email": "ann@example.org", "email_verified": "true"} | changes
        parts = [
            base64.urlsafe_b64encode(json.dumps(each).encode()).decode()
            for each in (header, claims)
        ]
        signed = ".".join(parts).encode()
        signature = jwt.get_algorithm_by_name("ES256").sign(signed, self.key)
        return f"{signed.decode()}.{base64.urlsafe_b64encode(signature).decode()}"


@pytest.fixture
async def region() -> AsyncIterator[Region]:
    found = Region()
    found.keys["k1"] = public(found.key)
    found.hold.set()
    app = web.Application()
    app.router.add_get("/keys/{name}", found.publish)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    found.address = f"http://127.0.0.1:{runner.addresses[0][1]}/keys"
    yield found
    await runner.cleanup()


@pytest.fixture
def balancer(region: Region, clock: FakeClock) -> LoadBalancer:
    return LoadBalancer(KNOWN, [ip_network("10.0.0.0/8")], region.address, open_client, clock)


def arriving(*tokens: str, peer: str = "10.0.0.1") -> Arriving:
    return Arriving({HEADER: tokens}, peer)


async def word_of(balancer: LoadBalancer, request: Arriving) -> str:
    with pytest.raises(Forbidden) as refused:
        await balancer.verify(request)
    return refused.value.detail


async def test_whom_it_signed_in_is_known(
    balancer: LoadBalancer, region: Region, clock: FakeClock
) -> None:
    text = region.token(clock())
    for _ in range(3):
        found = await balancer.verify(arriving(text))
        assert found is not None
        assert (found.issuer, found.subject) == ("https://id.example", "ann")
        assert found.is_email_verified
    assert region.asked == 1


async def test_what_was_verified_is_over_when_it_is_over(
    balancer: LoadBalancer, region: Region, clock: FakeClock
) -> None:
    text = region.token(clock())
    await balancer.verify(arriving(text))
    clock.now += 130
    assert await word_of(balancer, arriving(text)) == "expired"


async def test_a_request_without_its_header_is_nobodys(balancer: LoadBalancer) -> None:
    assert await balancer.verify(Arriving({"x-amzn-oidc-identity": ("root",)}, "10.0.0.1")) is None


async def test_whoever_else_signs_is_refused(
    balancer: LoadBalancer, region: Region, clock: FakeClock
) -> None:
    text = region.token(clock())
    assert await word_of(balancer, arriving(text, peer="11.0.0.1")) == "network"
    assert await word_of(balancer, arriving(text, text)) == "twice"
    assert await word_of(balancer, Arriving({"x_amzn_oidc_data": (text,)}, "10.0.0.1")) == (
        "underscore"
    )
    changed = text.split(".")
    changed[1] = base64.urlsafe_b64encode(b'{"sub":"root"}').decode()
    assert await word_of(balancer, arriving(".".join(changed))) == "signature"
    assert await word_of(balancer, arriving(text.rpartition(".")[0] + ".AAAA")) == "signature"
    elsewhere = Region()
    assert await word_of(balancer, arriving(elsewhere.token(clock()))) == "signature"
    assert await word_of(balancer, arriving(region.token(clock(), sub=7))) == "subject"


async def test_a_key_of_another_kind_is_refused(
    balancer: LoadBalancer, region: Region, clock: FakeClock
) -> None:
    region.keys["k2"] = public(ec.generate_private_key(ec.SECP384R1()))
    text = region.token(clock(), header={"kid": "k2"})
    assert await word_of(balancer, arriving(text)) == "signature"


async def test_keys_that_cannot_be_fetched_are_no_reason_to_believe(
    balancer: LoadBalancer, region: Region, clock: FakeClock
) -> None:
    region.keys |= {"big": b"x" * 5000, "bad": b"no key"}
    for name in ("none", "big", "bad"):
        with pytest.raises(UpstreamBroken):
            await balancer.verify(arriving(region.token(clock(), header={"kid": name})))


async def test_invented_keys_do_not_fill_the_memory(
    balancer: LoadBalancer, region: Region, clock: FakeClock
) -> None:
    region.keys |= {f"n{number}": public(region.key) for number in range(40)}
    for number in range(40):
        await balancer.verify(arriving(region.token(clock(), header={"kid": f"n{number}"})))
    assert len(balancer._keys) == 16


async def test_nobody_with_a_known_key_waits_for_one_that_hangs(
    region: Region, clock: FakeClock
) -> None:
    balancer = LoadBalancer(KNOWN, [ip_network("10.0.0.0/8")], region.address, open_client, clock)
    await balancer.verify(arriving(region.token(clock())))
    region.hold.clear()
    strange = arriving(region.token(clock(), header={"kid": "strange"}))
    waiting = [asyncio.ensure_future(balancer.verify(strange)) for _ in range(5)]
    while region.asked < 2:
        await asyncio.sleep(0.01)
    async with asyncio.timeout(2):
        assert await balancer.verify(arriving(region.token(clock(), name="Ann")))
    region.hold.set()
    assert all(
        isinstance(each, UpstreamBroken)
        for each in await asyncio.gather(*waiting, return_exceptions=True)
    )
    # Once for all five, and not again for a while.
    with pytest.raises(UpstreamBroken):
        await balancer.verify(strange)
    assert region.asked == 2


async def test_junk_does_not_push_a_good_key_out(region: Region, clock: FakeClock) -> None:
    balancer = LoadBalancer(KNOWN, [ip_network("10.0.0.0/8")], region.address, open_client, clock)
    await balancer.verify(arriving(region.token(clock())))
    elsewhere = Region()
    for number in range(20):
        region.keys[f"n{number}"] = public(region.key)
        forged = elsewhere.token(clock(), header={"kid": f"n{number}"})
        assert await word_of(balancer, arriving(forged)) == "signature"
    assert list(balancer._keys) == ["k1"]


async def test_a_text_that_is_none_is_refused(
    balancer: LoadBalancer, region: Region, clock: FakeClock
) -> None:
    text = region.token(clock(), header={"signer": "\ud800"})
    assert await word_of(balancer, arriving(text)) == "signer"
