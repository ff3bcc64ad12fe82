"""Access tokens for the services of learning platforms (LTI Security Framework 1.0, 4.1).

Promises: a token is kept until shortly before it ends, one for each platform and set of scopes, at
most `MOST` of them; whoever asks meanwhile waits for the same request. Must not: write one down, or
send one anywhere (`lti_services` does).
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from proxy.auth.asking import OpenClient
from proxy.auth.lti_keys import LtiKeys
from proxy.auth.lti_requests import ServiceRequest, ask
from proxy.core.clock import Clock
from proxy.core.credentials import RandomText
from proxy.core.errors import SifuError
from proxy.core.lti_answers import read_token
from proxy.core.lti_messages import assertion_claims, token_form
from proxy.core.lti_platform import Platform
from proxy.core.score_retry import ServiceFault

MOST: Final = 1000
# A token that ends while the request is under way is no use.
_MARGIN: Final = 30.0
_ID_BYTES: Final = 16


@dataclass(slots=True)
class _Kept:
    """One token, or the place for it."""

    text: str = field(default="", repr=False)
    until: float = float("-inf")
    asking: asyncio.Lock = field(default_factory=asyncio.Lock)


class PlatformTokens:
    """Asks platforms for tokens, and keeps them."""

    def __init__(
        self, keys: LtiKeys, open_client: OpenClient, clock: Clock, random: RandomText
    ) -> None:
        self._keys = keys
        self._open_client = open_client
        self._clock = clock
        self._random = random
        self._kept: dict[tuple[object, ...], _Kept] = {}

    async def get(self, platform: Platform, scopes: Iterable[str]) -> str | ServiceFault:
        """Return a token that holds for these scopes."""
        wanted = tuple(sorted(scopes))
        kept = self._place(platform, wanted)
        async with kept.asking:
            if self._clock() < kept.until:
                return kept.text
            return await self._ask(platform, wanted, kept)

    def forget(self, platform: Platform, text: str) -> None:
        """Have the next one asked for anew: the platform does not take this one."""
        for kept in self._kept.values():
            if kept.text == text:
                kept.until = float("-inf")

    async def _ask(
        self, platform: Platform, scopes: tuple[str, ...], kept: _Kept
    ) -> str | ServiceFault:
        entry, now = platform.entry, self._clock()
        claims = assertion_claims(
            entry.client, entry.audience or entry.token, jti=self._random(_ID_BYTES), now=now
        )
        try:
            form = token_form(await self._keys.sign(claims), scopes)
        except SifuError as problem:
            return ServiceFault(problem.public, is_final=False, detail=problem.detail)
        answer = await ask(
            self._open_client, platform, ServiceRequest("POST", entry.token, form=form)
        )
        if isinstance(answer, ServiceFault):
            return _about_us(platform, answer)
        token = read_token(answer.value) if isinstance(answer.value, dict) else None
        if token is None:
            return ServiceFault(
                f"{platform.entry.title} gave no access token.", False, f"platform {platform.id}"
            )
        kept.text, kept.until = token.text, now + max(token.seconds - _MARGIN, 0.0)
        return token.text

    def _place(self, platform: Platform, scopes: tuple[str, ...]) -> _Kept:
        entry = platform.entry
        key = (platform.id, entry.client, entry.token, entry.audience, scopes)
        kept = self._kept.pop(key, None) or _Kept()
        if len(self._kept) >= MOST:
            del self._kept[next(iter(self._kept))]  # the one that nobody has asked for longest
        self._kept[key] = kept
        return kept


def _about_us(platform: Platform, fault: ServiceFault) -> ServiceFault:
    """Who gives us no token is set up wrongly: that is mended there, and then tried again."""
    if not fault.is_final:
        return fault
    return ServiceFault(
        f"{platform.entry.title} gives us no access. Its administrator has to let this tool use "
        "its grades and its list of members, and to enter the address of our keys.",
        is_final=False,
        detail=f"token: {fault.detail}",
    )
