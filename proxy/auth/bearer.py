"""API tokens of scripts: `Authorization: Bearer sifu_…`.

Promises: a token that is unknown, revoked or over is refused, never passed over in favour of a
cookie; `last_used` is written at most once a minute. Must not: answer for credentials that are not
ours (another scheme, another prefix): those are nobody's.
"""

from proxy.auth.authenticator import Presented
from proxy.core.clock import Clock
from proxy.core.credentials import bearer_of, hash_secret
from proxy.core.errors import Unauthenticated
from proxy.core.identity import Identity
from proxy.store import api_tokens
from proxy.store.database import Store

TOUCH_EACH = 60.0


class ApiTokens:
    """The credential of scripts; `verify` is a verifier of the `Authenticator`."""

    def __init__(self, store: Store, *, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def verify(self, presented: Presented) -> Identity | None:
        """Recognise a token; raises `Unauthenticated` if it is not good, or one of several."""
        secrets = [bearer_of(value) for value in presented.authorizations]
        secret = next((found for found in secrets if found is not None), None)
        if secret is None:
            return None
        if len(secrets) > 1:
            raise Unauthenticated("Send one Authorization header, not several.")
        now = self._clock()
        token = await self._store.read(api_tokens.find_by_secret, hash_secret(secret))
        if token is None or not token.is_valid(now) or token.user.is_disabled:
            raise Unauthenticated(
                "This token is not valid, or not any more. `sifu token create` makes a new one."
            )
        if token.last_used is None or now - token.last_used >= TOUCH_EACH:
            await self._store.write(api_tokens.touch, token.id, now)
        return Identity(token.user, token_id=token.id)
