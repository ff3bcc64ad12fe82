"""A launch's token, verified: from a platform's text to a launch and to an account of ours.

Promises, in this order: its shape and the one algorithm of LTI; the signature, by a key that this
very platform publishes at its registered address; the claims (`core.lti_launch`). Each refusal is
`Forbidden` with its word as `detail`. Accounts belong to (issuer, client, subject) and are never
administrators by what a platform says. Must not: know requests, or use anything up.
"""

from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from proxy.auth.asking import OpenClient
from proxy.auth.joining import join
from proxy.auth.key_sets import KeySet
from proxy.auth.signatures import is_signed
from proxy.core.allow_rules import AllowRules
from proxy.core.clock import Clock
from proxy.core.errors import Forbidden
from proxy.core.id_token import Profile
from proxy.core.identity import User
from proxy.core.lti_launch import Launch, LaunchFault, Registration, read_launch
from proxy.core.lti_platform import Platform, provider_of
from proxy.core.lti_refusals import LaunchSigning, sentence_of
from proxy.core.token_shape import ShapeFault, read_shape
from proxy.store.database import Store

MOST_KEY_SETS: Final = 200
# What every platform must sign with (1EdTech Security Framework, 5.1.2 and 6.1).
_ALGORITHMS: Final = frozenset({"RS256"})
_DEPLOYMENT: Final = "https://purl.imsglobal.org/spec/lti/claim/deployment_id"
# Whom a registered platform sends, comes in.
_EVERYBODY: Final = AllowRules(everybody=True)


@dataclass(frozen=True, slots=True)
class ExpectedLaunch:
    """What this browser's login expects; `target` is our address for launches."""

    platform: Platform
    nonce: str
    target: str


class LaunchVerifier:
    """Knows the keys of the platforms that launched lately."""

    def __init__(self, open_client: OpenClient, clock: Clock) -> None:
        self._open_client = open_client
        self._clock = clock
        self._key_sets: OrderedDict[str, KeySet] = OrderedDict()

    async def verify(self, text: str, expected: ExpectedLaunch) -> Launch:
        """Return the launch; raises `Forbidden` with the word, `UpstreamBroken` without keys."""
        entry = expected.platform.entry
        token = read_shape(text, _ALGORITHMS)
        if isinstance(token, ShapeFault):
            raise _refusal(token.value)
        keys = await self._key_set(entry.keys).find(token.key, token.algorithm)
        if not keys:
            raise _refusal(LaunchSigning.KEY.value)
        if not await is_signed(token, keys):
            raise _refusal(LaunchSigning.SIGNATURE.value)
        known = Registration(
            entry.issuer, entry.client, frozenset(entry.deployments), {expected.target}
        )
        found = read_launch(token.claims, known, nonce=expected.nonce, now=self._clock())
        if isinstance(found, Launch):
            return found
        raise _refusal(found.value, token.claims.get(_DEPLOYMENT))

    def _key_set(self, address: str) -> KeySet:
        """Return the keys of this address; those that were not used longest are forgotten."""
        made = self._key_sets.pop(address, None)
        self._key_sets[address] = made or KeySet(address, self._open_client, self._clock)
        while len(self._key_sets) > MOST_KEY_SETS:
            self._key_sets.popitem(last=False)
        return self._key_sets[address]


async def join_launch(
    store: Store, launch: Launch, clock: Clock, *, homes: Path | None = None
) -> User:
    """Return the account of whoever launches; raises `Forbidden` if it is disabled here."""
    profile = Profile(
        launch.issuer, launch.subject, launch.name, launch.email, is_email_verified=False
    )
    return await join(store, provider_of(launch.client), profile, _EVERYBODY, clock, homes=homes)


def _refusal(word: str, deployment: object = "") -> Forbidden:
    """Refuse; a deployment that is not registered is named, since its platform vouches for it."""
    named = deployment if word == LaunchFault.DEPLOYMENT.value else ""
    return Forbidden(sentence_of(word, named), detail=word)
