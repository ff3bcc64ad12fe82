"""How we ask other services: a client that carries nothing along.

Promises: no cookies, no credentials of this machine's files, no proxy of its environment; a time
for each request whatever the caller forgets. Must not: be asked to follow redirects (each request
says so itself).
"""

from contextlib import AbstractAsyncContextManager
from typing import Final

from aiohttp import ClientSession, ClientTimeout, DummyCookieJar

from proxy import __version__

_PATIENCE: Final = ClientTimeout(total=15)


def open_client() -> AbstractAsyncContextManager[ClientSession]:
    """Return a client for a few requests."""
    return ClientSession(
        cookie_jar=DummyCookieJar(),
        timeout=_PATIENCE,
        trust_env=False,
        headers={"User-Agent": f"Sifu/{__version__}"},
    )
