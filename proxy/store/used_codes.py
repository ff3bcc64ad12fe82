"""What may be used once, remembered until it would be over anyway: states, nonces, ids of links.

Promises: of many who use it at once one succeeds; it is bounded, so that nobody fills the disk with
what they may make themselves: beyond `MOST` everybody is asked to come back in a minute.
"""

from typing import Final

from sqlalchemy import Connection, func, select, text

from proxy.core.errors import TooManyAttempts
from proxy.store import facts
from proxy.store.tables import used_codes

MOST: Final = 100_000
_RETRY_SECONDS: Final = 60.0


def consume(connection: Connection, code: str, expires: float, now: float) -> bool:
    """Use it up; False if somebody has before. Raises `TooManyAttempts` if there are too many."""
    fresh = facts.consume_code(
        lambda statement, /, **values: connection.execute(text(statement), values),
        code,
        expires,
        now,
    )
    if (
        fresh
        and connection.execute(select(func.count()).select_from(used_codes)).scalar_one() > MOST
    ):
        raise TooManyAttempts(
            "Too many people sign in at the moment. Try again in a minute.",
            retry_after=_RETRY_SECONDS,
            detail="used_codes is full",
        )
    return fresh
