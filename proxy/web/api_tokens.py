"""Bearer tokens over the control API: one's own; an administrator sees and revokes everybody's.

Promises: a token's secret is in the answer to its creation and nowhere else. A token makes neither
tokens nor administrators, and changes no administrator's password (`api_users`): whoever steals one
has no administrator's rights after its end. (Ordinary accounts that an administrator's token makes
do stay.) Must not: tell that somebody else's token exists.
"""

from aiohttp import web
from sqlalchemy import Connection

from proxy.core.credentials import API_TOKEN_PREFIX, SECRET_BYTES, hash_secret
from proxy.core.errors import Conflict, Forbidden, NotFound
from proxy.core.events import EventKind
from proxy.core.identity import Identity
from proxy.store import api_tokens
from proxy.store.records import ApiToken
from proxy.web.access import require_identity
from proxy.web.api_bodies import answer, read_body
from proxy.web.audit import note_act
from proxy.web.keys import CLOCK, RANDOM, STORE
from proxy.web.schemas import CreatedToken, Message, NewToken, TokenInfo

_DAY = 86_400
_ID_BYTES = 16
# Enough for every script of a person, and an end for one that runs wild.
MAX_TOKENS = 100


async def list_tokens(request: web.Request) -> web.Response:
    """Those that were not revoked."""
    identity = require_identity(request)
    found = await request.app[STORE].read(_visible, identity)
    return answer([_describe(token) for token in found])


async def create_token(request: web.Request) -> web.Response:
    """Make one for the caller, and show it this once."""
    identity = require_identity(request)
    wish = await read_body(request, NewToken)
    if identity.token_id is not None:
        raise Forbidden("A token cannot make tokens. Sign in, or use `sifu token create`.")
    random, now = request.app[RANDOM], request.app[CLOCK]()
    secret = API_TOKEN_PREFIX + random(SECRET_BYTES)
    token = ApiToken(
        id=hash_secret(random(_ID_BYTES))[:12],  # hexadecimal: safe wherever it is written
        user=identity.user,
        label=wish.label,
        created=now,
        last_used=None,
        expires=None if wish.expires_in_days is None else now + wish.expires_in_days * _DAY,
        revoked=None,
    )
    await request.app[STORE].write(_create, token, hash_secret(secret))
    note_act(request, EventKind.TOKEN_CREATED, id=token.id, label=token.label)
    return answer(CreatedToken(**_describe(token).model_dump(), token=secret), status=201)


async def revoke_token(request: web.Request) -> web.Response:
    """Make one useless, here at once and at the relay within two seconds."""
    identity = require_identity(request)
    revoked = await request.app[STORE].write(
        _revoke, identity, request.match_info["id"], request.app[CLOCK]()
    )
    note_act(request, EventKind.TOKEN_REVOKED, id=revoked.id, whom=revoked.user.slug)
    return answer(Message(message="The token was revoked."))


def _visible(connection: Connection, identity: Identity) -> list[ApiToken]:
    return [
        token
        for token in api_tokens.list_all(connection)
        if token.revoked is None and (identity.user.is_admin or token.user.id == identity.user.id)
    ]


def _create(connection: Connection, token: ApiToken, secret_hash: str) -> None:
    own = [
        other
        for other in api_tokens.list_all(connection)
        if other.user.id == token.user.id and other.is_valid(token.created)
    ]
    if len(own) >= MAX_TOKENS:
        raise Conflict(f"You have {MAX_TOKENS} tokens. Revoke one that is not used any more.")
    api_tokens.create(
        connection,
        token_id=token.id,
        secret_hash=secret_hash,
        user_id=token.user.id,
        label=token.label,
        now=token.created,
        expires=token.expires,
    )


def _revoke(connection: Connection, identity: Identity, token_id: str, now: float) -> ApiToken:
    mine = next((each for each in _visible(connection, identity) if each.id == token_id), None)
    if mine is None or not api_tokens.revoke(connection, token_id, now):
        raise NotFound("You have no such token. GET /api/tokens lists them.")
    return mine


def _describe(token: ApiToken) -> TokenInfo:
    return TokenInfo(
        id=token.id,
        user=token.user.name,
        label=token.label,
        created=token.created,
        last_used=token.last_used,
        expires=token.expires,
    )
