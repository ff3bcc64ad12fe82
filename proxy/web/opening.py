"""From the front into a notebook: `/open/{owner}/{workspace}/{path}` → the relay's `/-/enter`.

Promises: a code is minted only for a signed-in browser that may open a server that is ready; the
path and query are handed on byte for byte as they were received, and only if the relay would
forward them; what goes into the address lasts 30 seconds, works once, and only in the browser
that holds the door cookie whose hash it carries. Front sets that cookie where it shares its host
with the relay (cookies ignore ports); elsewhere the relay does, and asks again at `/enter/…`.
"""

import asyncio
import re
from urllib.parse import quote, urlsplit

from aiohttp import web

from proxy.auth.sessions import HELP_LIFETIME
from proxy.core.cookies import DOOR_PATH, DOOR_SECONDS, CookieStyle, format_cookie
from proxy.core.credentials import SECRET_BYTES, hash_secret
from proxy.core.errors import BadRequest, Forbidden
from proxy.core.events import EventKind
from proxy.core.identity import ServerName
from proxy.core.lifecycle import State
from proxy.core.paths import Target, parse_target
from proxy.core.policy import Action
from proxy.core.tokens import CODE_LIFETIME, Code, Pass, mint_code
from proxy.web.access import require_identity, require_server
from proxy.web.audit import note_act
from proxy.web.framing import is_framed
from proxy.web.keys import CLOCK, MANAGER, RANDOM, SESSIONS, SETTINGS
from proxy.web.problems import see_other

DEFAULT_TARGET = "lab"
# The code carries the target, and the relay reads codes of 4 KiB at most.
MAX_TARGET = 2000
# An ended session is over for every relay within two seconds.
FORGOTTEN_SECONDS = 3.0
_ID_BYTES = 16
_DOOR = re.compile(r"[0-9a-f]{64}")


async def open_server(request: web.Request) -> web.Response:
    """Send the browser into its server, or to the starting page."""
    name = await require_server(request, Action.OPEN)
    target = _target(request.raw_path, name)
    door = request.app[RANDOM](SECRET_BYTES)
    response = await _send_in(request, name, target, door=hash_secret(door), final=False)
    settings = request.app[SETTINGS]
    there = settings.notebook_origin_for(name.owner)
    if urlsplit(there).hostname == urlsplit(settings.front_origin).hostname:
        style = CookieStyle(secure=there.startswith("https://"))
        cookie = format_cookie(
            style.door_name,
            door,
            path=DOOR_PATH,
            secure=style.secure,
            max_age=DOOR_SECONDS,
            framed=is_framed(request),
        )
        response.headers.add("Set-Cookie", cookie)
    return response


async def enter_by_door(request: web.Request) -> web.Response:
    """Make a code for a browser that the relay gave a door cookie: `?door=HASH&target=…`."""
    name = await require_server(request, Action.OPEN)
    door = request.query.get("door", "")
    if not _DOOR.fullmatch(door):
        raise BadRequest("This link is not complete. Go back and open it again.")
    target = _checked(request.query.get("target", DEFAULT_TARGET), name)
    return await _send_in(request, name, target, door=door, final=True)


def routes() -> list[web.RouteDef]:
    """The routes of this module."""
    return [
        web.get("/open/{owner}/{workspace}", open_server),
        web.get("/open/{owner}/{workspace}/{path:.*}", open_server),
        web.get("/enter/{owner}/{workspace}", enter_by_door),
    ]


async def _send_in(
    request: web.Request, name: ServerName, target: str, *, door: str, final: bool
) -> web.Response:
    identity = require_identity(request)
    if identity.session_id is None:
        raise Forbidden("Notebooks open in a browser that is signed in, not by a token.")
    record = await request.app[MANAGER].get(name)
    if record is None or record.state is not State.READY:
        return see_other(f"/start/{name}?next={quote(target, safe='/')}")
    expires = await request.app[SESSIONS].expiry(identity.session_id)
    if identity.helping is not None:
        await _let_relays_forget(request, begun=expires - HELP_LIFETIME)
    code = Code(
        grant=Pass(
            identity.session_id,
            identity.user.slug,
            name,
            expires,
            helper=identity.helping is not None,
        ),
        target=target,
        id=request.app[RANDOM](_ID_BYTES),
        expires=request.app[CLOCK]() + CODE_LIFETIME,
        framed=is_framed(request),
        door=door,
        final=final,
    )
    note_act(request, EventKind.OPENED, server=name, path=target.partition("?")[0])
    settings = request.app[SETTINGS]
    origin = settings.notebook_origin_for(name.owner)
    way_in = f"{origin}{DOOR_PATH}?code={mint_code(settings.secrets, code)}"
    return see_other(way_in, Referrer_Policy="no-referrer")


async def _let_relays_forget(request: web.Request, *, begun: float) -> None:
    """Wait until no relay takes the passes of the session that this one came after.

    A page of the helped server could use them: they are in the same browser.
    """
    left = begun + FORGOTTEN_SECONDS - request.app[CLOCK]()
    if left > 0:
        await asyncio.sleep(min(left, FORGOTTEN_SECONDS))


def _target(raw_path: str, name: ServerName) -> str:
    """Return the raw path and query below the server's prefix; raises `BadRequest`."""
    prefix = f"/open/{name}"
    rest = raw_path.removeprefix(prefix)
    if rest == raw_path or rest[:1] not in {"", "/", "?"}:
        raise BadRequest("The names in this address are written in an unusual way.")
    path, mark, query = rest.removeprefix("/").partition("?")
    return _checked((path or DEFAULT_TARGET) + mark + query, name)


def _checked(target: str, name: ServerName) -> str:
    if len(target) > MAX_TARGET:
        raise BadRequest("This address is too long.")
    understood = parse_target(name.prefix + target)
    if not isinstance(understood, Target) or understood.server != name:
        raise BadRequest("This address holds something that is not passed on to notebooks.")
    return target
