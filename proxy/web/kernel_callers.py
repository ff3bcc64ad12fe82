"""Whose kernel speaks? For the one thing that a notebook asks of us: to report its score.

A kernel holds no secret of ours, for whatever is in its environment is in everything that a person
runs there. Where people have accounts of their own, the operating system says whose the other end
of the connection is (`local_peers`). Promises: what is not a kernel of a person with an account is
refused, with a sentence that says why. Must not: believe anything that the request says.
"""

import asyncio
from typing import Final

from aiohttp import web

from proxy.core.buckets import Rate
from proxy.core.errors import Forbidden, TooManyAttempts, Unauthenticated
from proxy.core.identity import User
from proxy.store import uids
from proxy.web.keys import CLOCK, LOCAL_PEERS, SCORE_RATES, STORE

SCORE_RATE: Final = Rate(burst=5, seconds_each=1.0)
_NO_ACCOUNTS: Final = (
    "Scores are taken where everybody's notebooks run as an account of their own, and here they do "
    "not: nobody could tell whose score it is. Your teacher can enter it on the course's page."
)
_NO_KERNEL: Final = "Only a notebook that runs here reports its score to this address."


async def require_kernel(request: web.Request) -> User:
    """Return the person whose kernel asks; raises `Unauthenticated` or `Forbidden`."""
    peers = request.app[LOCAL_PEERS]
    if peers is None:
        raise Unauthenticated(_NO_ACCOUNTS)
    transport = request.transport
    # Only for who may be a kernel: the system's table of connections may be long.
    uid = await peers.account_of(transport) if transport and _is_from_here(transport) else None
    if uid is None:
        raise Unauthenticated(_NO_KERNEL)
    user = await request.app[STORE].read(uids.find_user, uid)
    if user is None or user.is_disabled:
        raise Forbidden("The account that this notebook belongs to is closed.")
    return user


def _is_from_here(transport: asyncio.BaseTransport) -> bool:
    """Does the connection begin at the address at which it ends?"""
    ends = [transport.get_extra_info(name) for name in ("peername", "sockname")]
    return all(isinstance(end, tuple) for end in ends) and ends[0][0] == ends[1][0]


def count_score(request: web.Request, user: User) -> None:
    """Raise `TooManyAttempts` if this person's notebooks report more than one a second."""
    rates, now = request.app[SCORE_RATES], request.app[CLOCK]()
    if wait := rates.wait_for(str(user.id), now):
        raise TooManyAttempts("That is too many scores at once. Wait a second.", retry_after=wait)
    rates.take(str(user.id), now)
