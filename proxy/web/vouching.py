"""Headers of something in front of us that signs people in (`auth.vouching`), as requests see them.

Promises: such a person is signed in on the sign-in page, into a session like everybody's; a session
of somebody else than the headers name counts for nobody, so that two people at one machine do not
get each other's notebooks. Must not: sign anybody in by a script's request.
"""

import asyncio
from collections.abc import Sequence

from aiohttp import web

from proxy.auth.joining import join
from proxy.auth.vouching import Vouched
from proxy.core.errors import SifuError
from proxy.core.identity import Identity
from proxy.core.vouching import Arriving
from proxy.store import identities
from proxy.store.identities import Subject
from proxy.web.keys import CLOCK, LOCAL_PEERS, PROVIDERS, SETTINGS, STORE
from proxy.web.local_peers import is_own_address
from proxy.web.refusing import refused_sign_in
from proxy.web.session_opening import begin_session


async def sign_in_vouched(request: web.Request, way_on: str) -> web.Response | None:
    """Sign in whom the headers name, None if they name nobody; raises `Forbidden`."""
    vouched = await _vouched(request)
    if vouched is None:
        return None
    try:
        user = await join(
            request.app[STORE],
            vouched.provider,
            vouched.profile,
            vouched.rules,
            request.app[CLOCK],
            homes=request.app[SETTINGS].notebooks,
        )
    except SifuError as refusal:
        raise refused_sign_in(request, vouched.provider, refusal) from refusal
    return await begin_session(request, user, way_on, vouched.provider)


async def is_somebody_else(request: web.Request, identity: Identity) -> bool:
    """Do the headers name another person than the session does? Raises `Forbidden`."""
    if identity.session_id is None:
        return False
    vouched = await _vouched(request)
    if vouched is None:
        return False
    who = Subject(vouched.provider, vouched.profile.issuer, vouched.profile.subject)
    user = await request.app[STORE].read(identities.find, who)
    return user is None or user.id != identity.user.id


async def _vouched(request: web.Request) -> Vouched | None:
    vouching = request.app[PROVIDERS].vouching
    if not vouching:
        return None
    try:
        return await vouching.verify(await _arriving(request))
    except SifuError as refusal:
        raise refused_sign_in(request, "vouching", refusal) from refusal


async def _arriving(request: web.Request) -> Arriving:
    headers: dict[str, Sequence[str]] = {
        name.lower(): request.headers.getall(name) for name in request.headers
    }
    transport, peers = request.transport, request.app[LOCAL_PEERS]
    peername = transport.get_extra_info("peername") if transport else None
    peer = peername[0] if isinstance(peername, tuple) else ""
    if peers is None or transport is None:
        # Nobody can tell a kernel from a proxy of this machine.
        is_notebook = await asyncio.to_thread(is_own_address, peer)
    else:
        is_notebook = await peers.is_notebook(transport)
    return Arriving(headers, peer, is_notebook)
