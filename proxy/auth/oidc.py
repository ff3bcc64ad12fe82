"""Signing in at an OpenID Connect issuer: the code flow with PKCE, from setting out to a profile.

Promises: what the browser brings back counts only for the browser that set out; the code is
redeemed at the issuer itself, over https; the ID token is verified in full, in this order: shape,
signature, claims. Each refusal has its own word. Must not: know requests of ours, or accounts
(`joining` makes one of a profile).
"""

import asyncio
from collections.abc import Collection, Mapping
from typing import Any, Final

import structlog

from proxy.auth.asking import OpenClient, ask_json
from proxy.auth.key_sets import KeySet
from proxy.auth.signatures import is_signed
from proxy.core.clock import Clock
from proxy.core.errors import Forbidden, UpstreamBroken
from proxy.core.id_token import Expected, Profile, fault_of_id_token, profile_of
from proxy.core.oidc import (
    Client,
    Endpoints,
    authorization_address,
    description_address,
    read_description,
    token_request,
)
from proxy.core.sign_in_flow import challenge_of, nonce_of, verifier_of
from proxy.core.token_shape import ShapeFault, read_shape

AGAIN_SECONDS: Final = 30.0
_FRESH_SECONDS: Final = 3600.0
_MOST_REDEEMED_AT_ONCE: Final = 8
_log = structlog.get_logger()
_TRY_AGAIN: Final = "The sign-in service cannot be reached now. Try again in a minute."
_NOT_BELIEVED: Final = (
    "What the sign-in service sent cannot be accepted, so you are not signed in. Try again; if it "
    "happens again, tell whoever runs this site."
)


class Oidc:
    """One issuer; `needs` are the claims that rules ask for."""

    def __init__(
        self,
        issuer: str,
        client: Client,
        open_client: OpenClient,
        clock: Clock,
        *,
        groups_claim: str = "groups",
        needs: Collection[str] = (),
    ) -> None:
        self._issuer = issuer
        self._client = client
        self._open_client = open_client
        self._clock = clock
        self._groups_claim = groups_claim
        self._needs = needs
        self._redeeming = asyncio.Semaphore(_MOST_REDEEMED_AT_ONCE)
        self._endpoints: Endpoints | None = None
        self._described = self._tried = float("-inf")
        self._problem = ""
        self._describing = asyncio.Lock()
        self._keys: KeySet | None = None

    async def way_out(self, state: str, secret: str, flow_id: str) -> str:
        """Return where the browser signs in; raises `UpstreamBroken` if the issuer is away."""
        return authorization_address(
            await self._describe(),
            self._client,
            state=state,
            nonce=nonce_of(secret, flow_id),
            challenge=challenge_of(verifier_of(secret, flow_id)),
        )

    async def redeem(self, code: str, secret: str, flow_id: str, said: str | None) -> Profile:
        """Return who signed in; raises `Forbidden` (with the word) or `UpstreamBroken`."""
        endpoints = await self._describe()
        if said != self._issuer and (said is not None or endpoints.names_itself):
            raise Forbidden(_NOT_BELIEVED, detail="issuer")
        async with self._redeeming:
            return await self._redeem(endpoints, code, secret, flow_id)

    async def _redeem(self, endpoints: Endpoints, code: str, secret: str, flow_id: str) -> Profile:
        headers, form = token_request(
            endpoints.secret_way, self._client, code=code, verifier=verifier_of(secret, flow_id)
        )
        answer = await self._ask("POST", endpoints.token, headers=headers, data=form)
        token, access_token = answer.get("id_token"), answer.get("access_token", "")
        if not isinstance(token, str) or not isinstance(access_token, str):
            raise Forbidden(_NOT_BELIEVED, detail=f"no_token {answer.get('error')}"[:100])
        expected = Expected(self._issuer, self._client.id, nonce_of(secret, flow_id), access_token)
        claims = await self._verify(token, expected, endpoints)
        profile = profile_of(claims, groups_claim=self._groups_claim)
        is_whole = (profile.name or profile.email) and all(each in claims for each in self._needs)
        if is_whole or not endpoints.people or not access_token:
            return profile
        return await self._complete(claims, endpoints, access_token)

    async def _complete(
        self, claims: Mapping[str, Any], endpoints: Endpoints, access_token: str
    ) -> Profile:
        """Ask for what a strict issuer leaves out of its ID tokens (Core 5.4)."""
        headers = {"Authorization": f"Bearer {access_token}"}
        told = await self._ask("GET", endpoints.people, headers=headers)
        if told.get("sub") != claims["sub"]:
            # Otherwise what is told may be of somebody else (Core 5.3.2).
            raise Forbidden(_NOT_BELIEVED, detail="subject")
        return profile_of({**told, **claims}, groups_claim=self._groups_claim)

    async def _verify(
        self, text: str, expected: Expected, endpoints: Endpoints
    ) -> Mapping[str, Any]:
        token = read_shape(text, endpoints.algorithms)
        if isinstance(token, ShapeFault):
            raise Forbidden(_NOT_BELIEVED, detail=token.value)
        keys = await self._key_set(endpoints).find(token.key, token.algorithm)
        if not await is_signed(token, keys):
            raise Forbidden(_NOT_BELIEVED, detail="signature" if keys else "key")
        fault = fault_of_id_token(token.claims, token.algorithm, expected, self._clock())
        if fault is not None:
            raise Forbidden(_NOT_BELIEVED, detail=fault.value)
        return token.claims

    def _key_set(self, endpoints: Endpoints) -> KeySet:
        if self._keys is None or self._keys.address != endpoints.keys:
            self._keys = KeySet(endpoints.keys, self._open_client, self._clock)
        return self._keys

    async def _describe(self) -> Endpoints:
        """Return what the issuer says of itself; nobody waits for what is known already."""
        known = self._endpoints
        if known is not None and (self._describing.locked() or not self._is_due(_FRESH_SECONDS)):
            return known
        async with self._describing:
            if self._is_due(AGAIN_SECONDS if self._endpoints is None else _FRESH_SECONDS):
                await self._look()
        if self._endpoints is None:
            raise UpstreamBroken(_TRY_AGAIN, detail=f"{self._issuer}: {self._problem}")
        return self._endpoints

    def _is_due(self, seconds: float) -> bool:
        """Was it described longer ago than this, and not been tried just now?"""
        now = self._clock()
        return now - self._described > seconds and now - self._tried > AGAIN_SECONDS

    async def _look(self) -> None:
        self._tried = self._clock()
        try:
            document = await self._ask("GET", description_address(self._issuer))
        except UpstreamBroken as problem:
            self._problem = problem.detail
            return
        found = read_description(document, self._issuer)
        if isinstance(found, str):
            # What was true an hour ago is better than nothing, and tokens are verified anyway.
            self._problem = found
            _log.warning("oidc.not_described", issuer=self._issuer, problem=found)
            return
        self._endpoints, self._described = found, self._clock()

    async def _ask(self, method: str, address: str, **options: Any) -> Mapping[str, Any]:
        """Ask the issuer and return its object, of an error too; raises `UpstreamBroken`."""
        answer = await ask_json(
            self._open_client, method, address, statuses=(200, 400, 401), **options
        )
        if not isinstance(answer, dict):
            raise UpstreamBroken(_TRY_AGAIN, detail=f"{address}: no object")
        return answer
