"""A load balancer of AWS signs people in before us and says whom, signed: `x-amzn-oidc-data`.

Promises: the signature is verified with the key that the region publishes under the name in the
token. A key is fetched once, and nobody with another key waits for it; `MOST_KEYS` that have
verified something are remembered; what was verified is not verified again until it is over. Must
not: look at the headers beside it, which are not signed.
"""

import asyncio
import math
from collections.abc import Mapping, Sequence
from typing import Final, TypeVar

import jwt
from aiohttp import ClientError
from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from proxy.auth.asking import PATIENCE_SECONDS, OpenClient, read_bounded
from proxy.core.clock import Clock
from proxy.core.errors import Forbidden, SifuError, UpstreamBroken
from proxy.core.id_token import Profile, profile_of
from proxy.core.load_balancer import ALL_HEADERS, HEADER, BalancerToken, Signer, read_token
from proxy.core.token_claims import subject_of
from proxy.core.vouching import Arriving, Network, VouchingFault, fault_of, says
from proxy.tasks import spawn

T = TypeVar("T")
MOST_KEYS: Final = 16
AGAIN_SECONDS: Final = 30.0
_MOST_REMEMBERED: Final = 1024
_MOST_KEY_BYTES: Final = 4096
_AWAY: Final = "The keys of the load balancer cannot be fetched now. Try again in a minute."
_NOT_BELIEVED: Final = (
    "What the load balancer said of you is not accepted here. Whoever runs this site finds the "
    "reason in the events."
)


class LoadBalancer:
    """A voucher for one load balancer."""

    def __init__(
        self,
        known: Signer,
        networks: Sequence[Network],
        keys_url: str,
        open_client: OpenClient,
        clock: Clock,
        *,
        groups_claim: str = "groups",
    ) -> None:
        self._known = known
        self._networks = networks
        self._keys_url = keys_url.rstrip("/")
        self._open_client = open_client
        self._clock = clock
        self._groups_claim = groups_claim
        # Those that have verified something; who invents names does not push them out.
        self._keys: dict[str, EllipticCurvePublicKey] = {}
        self._failed: dict[str, float] = {}
        self._fetching: dict[str, asyncio.Future[EllipticCurvePublicKey]] = {}
        self._verified: dict[str, tuple[float, Profile]] = {}

    async def verify(self, arriving: Arriving) -> Profile | None:
        """Return who was signed in; None if the header is not there."""
        if not says(arriving, {HEADER}):
            return None
        fault = fault_of(arriving, ALL_HEADERS, self._networks)
        if fault is not None:
            raise Forbidden(_NOT_BELIEVED, detail=fault.value)
        (text,) = arriving.headers[HEADER]
        known = self._verified.get(text)
        if known is not None and known[0] > self._clock():
            return known[1]
        token = read_token(text, self._known, self._clock())
        if isinstance(token, VouchingFault):
            raise Forbidden(_NOT_BELIEVED, detail=token.value)
        key = await self._key(token.key)
        if not await asyncio.to_thread(_is_signed, token, key):
            raise Forbidden(_NOT_BELIEVED, detail=VouchingFault.SIGNATURE.value)
        _remember(self._keys, token.key, key, MOST_KEYS)
        profile = self._profile(token.claims)
        _remember(self._verified, text, (token.until, profile), _MOST_REMEMBERED)
        return profile

    def _profile(self, claims: Mapping[str, object]) -> Profile:
        if subject_of(claims) is None:
            raise Forbidden(_NOT_BELIEVED, detail=VouchingFault.SUBJECT.value)
        named = {**claims, "iss": self._known.issuer}
        return profile_of(named, groups_claim=self._groups_claim)

    async def _key(self, name: str) -> EllipticCurvePublicKey:
        """Return the key of this name, fetched once by however many ask for it."""
        if name in self._keys:
            return self._keys[name]
        if self._clock() - self._failed.get(name, -math.inf) <= AGAIN_SECONDS:
            raise UpstreamBroken(_AWAY, detail=f"{name} was not there just now")
        if name not in self._fetching and len(self._fetching) >= MOST_KEYS:
            raise UpstreamBroken(_AWAY, detail="too many keys are asked for")
        if name not in self._fetching:
            self._fetching[name] = spawn(self._fetch_once(name), name="load_balancer.key")
        return await asyncio.shield(self._fetching[name])

    async def _fetch_once(self, name: str) -> EllipticCurvePublicKey:
        try:
            return await self._fetch(f"{self._keys_url}/{name}")
        except SifuError:
            _remember(self._failed, name, self._clock(), _MOST_REMEMBERED)
            raise
        finally:
            del self._fetching[name]

    async def _fetch(self, address: str) -> EllipticCurvePublicKey:
        try:
            async with (
                asyncio.timeout(PATIENCE_SECONDS),
                self._open_client() as client,
                client.get(address, allow_redirects=False) as answer,
            ):
                found = load_pem_public_key(await read_bounded(answer, _MOST_KEY_BYTES))
        except (ClientError, TimeoutError, OSError, ValueError, InvalidKey) as problem:
            raise UpstreamBroken(_AWAY, detail=f"{address}: {problem!r}") from problem
        if not isinstance(found, EllipticCurvePublicKey) or not isinstance(found.curve, SECP256R1):
            raise Forbidden(_NOT_BELIEVED, detail=VouchingFault.SIGNATURE.value)
        return found


def _remember(known: dict[str, T], name: str, value: T, most: int) -> None:
    """Keep it; the earliest go where there are too many."""
    while len(known) >= most and name not in known:
        del known[next(iter(known))]
    known[name] = value


def _is_signed(token: BalancerToken, key: EllipticCurvePublicKey) -> bool:
    algorithm = jwt.get_algorithm_by_name("ES256")
    return bool(algorithm.verify(token.signed, key, token.signature))
