"""Opaque secrets: how they look, how they are stored, how they arrive.

A secret is 256 random bits from outside; only its SHA-256 is stored (it is not guessable, so a
slow hash would protect nothing).
"""

from collections.abc import Callable
from hashlib import sha256

# Gives a URL-safe text made of so many random bytes; `secrets.token_urlsafe` but for tests.
RandomText = Callable[[int], str]
SECRET_BYTES = 32

API_TOKEN_PREFIX = "sifu_"  # noqa: S105 (a public prefix, so that scanners find leaked tokens)

# How the ids of tokens begin that the command line makes for one command of its own.
COMMAND_LINE_TOKEN = "cli-"  # noqa: S105 (the public part of a token)


def hash_secret(secret: str) -> str:
    """Return what the store keeps of a session secret, an API token or a sign-in code."""
    # A header may hold bytes that are no UTF-8; they make a wrong secret, not an error.
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def bearer_of(authorization: str) -> str | None:
    """Return the API token of an `Authorization` value, or None if it is none of ours.

    Jupyter's clients say `token …` where RFC 6750 says `Bearer …`; both are understood.
    """
    scheme, _, secret = authorization.strip().partition(" ")
    secret = secret.strip()
    if scheme.lower() in {"bearer", "token"} and secret.startswith(API_TOKEN_PREFIX):
        return secret
    return None
