"""One-time sign-in links: `/sign-in?code=…`, made by an administrator's command line.

Promises: a code works once; the use and the look-up of the account are one transaction.
"""

from sqlalchemy import Connection

from proxy.core.clock import Clock
from proxy.core.credentials import SECRET_BYTES, RandomText, hash_secret
from proxy.core.identity import User
from proxy.store import sign_in_links, users
from proxy.store.database import Store

_MAX_CODE = 256


async def consume_link(store: Store, code: str, clock: Clock) -> User | None:
    """Use the code up and return whose it was; None if it is unknown, used or over."""
    if not code or len(code) > _MAX_CODE:
        return None
    return await store.write(_consume, hash_secret(code), clock())


def write_link(
    connection: Connection, user_id: int, *, until: float, random_text: RandomText
) -> str:
    """Return a new code, good once and until then (seconds since the epoch)."""
    code = random_text(SECRET_BYTES)
    sign_in_links.create(connection, hash_secret(code), user_id, until)
    return code


def _consume(connection: Connection, code_hash: str, now: float) -> User | None:
    user_id = sign_in_links.consume(connection, code_hash, now)
    return None if user_id is None else users.get(connection, user_id)
