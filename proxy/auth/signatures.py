"""Is a token signed by one of these keys? The one place where public-key signatures are verified.

Promises: the algorithm is the one under which the keys were chosen, not what the library would take
from the token; in a thread, because some take milliseconds. Must not: look at claims.
"""

import asyncio
from collections.abc import Sequence

import jwt

from proxy.core.token_shape import UnverifiedToken
from proxy.core.verification_keys import Jwk


async def is_signed(token: UnverifiedToken, keys: Sequence[Jwk]) -> bool:
    """Say whether one of the keys, chosen for this token's algorithm, has signed it."""
    return await asyncio.to_thread(_is_signed, token, keys)


def _is_signed(token: UnverifiedToken, keys: Sequence[Jwk]) -> bool:
    return any(_verifies(token, key) for key in keys)


def _verifies(token: UnverifiedToken, key: Jwk) -> bool:
    try:
        made = jwt.PyJWK(dict(key), algorithm=token.algorithm)
        jwt.api_jws.decode(token.text, made, algorithms=[token.algorithm])
    except (jwt.PyJWTError, ValueError, TypeError):
        return False
    return True
