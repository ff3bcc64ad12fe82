"""`/-/enter?code=…`: a one-time code from front becomes a pass, and the browser goes on.

The code is in the address for one request of 30 s and is good once; the answer leads to a clean
address, is not cached and sends no referrer. A code is taken only from the browser that it was
made for: that one holds the door cookie whose hash stands in the code. A browser that came with
somebody else's code is sent to front, which asks who *it* is and makes it a code of its own.
"""

import secrets
from urllib.parse import parse_qs, urlencode

from proxy.core.clock import Clock
from proxy.core.cookies import (
    DOOR_PATH,
    DOOR_SECONDS,
    CookieStyle,
    format_cookie,
    read_cookie,
)
from proxy.core.credentials import hash_secret
from proxy.core.errors import Unauthenticated
from proxy.core.paths import BadTarget, Target, parse_target
from proxy.core.tokens import LEEWAY, Code, InvalidToken, mint_pass, read_code
from proxy.relay.aiohttp_parts import BaseRequest, Response
from proxy.relay.answers import Answers
from proxy.settings import Settings
from proxy.store import facts
from proxy.store.relay_store import RelayStore

_DOOR_BYTES = 16


class Entrance:
    """Reads codes, sets passes."""

    def __init__(
        self, settings: Settings, store: RelayStore, clock: Clock, answers: Answers
    ) -> None:
        self._secrets = settings.secrets
        self._front = settings.front_origin
        self._style = CookieStyle(secure=settings.notebook_origin.startswith("https://"))
        self._store = store
        self._clock = clock
        self._answers = answers

    async def enter(self, request: BaseRequest, target: Target) -> Response:
        """Answer `/-/enter`; raises `Unauthenticated` for a code that is not good (any more)."""
        code = self._read(parse_qs(target.query[1:]).get("code", [""])[0])
        door = read_cookie(request.headers.getall("Cookie", []), self._style.door_name)
        if door is None or hash_secret(door) != code.door:
            return self._ask_front(code, door)
        location = code.grant.server.prefix + code.target
        if isinstance(parse_target(location), BadTarget):
            raise Unauthenticated("This link leads nowhere. Go back and open it again.")
        # Kept for as long as the code could still be read.
        until, now = code.expires + LEEWAY, self._clock()
        if not await self._store.write(facts.consume_code, code.id, until, now):
            raise Unauthenticated("This link was used already. Go back and open it again.")
        response = self._answers.redirect(location)
        grant = code.grant
        # Written by hand: Python's cookie class knows `Partitioned` only from 3.14 on.
        cookie = format_cookie(
            self._style.pass_name,
            mint_pass(self._secrets, grant),
            path=grant.server.prefix,
            secure=self._style.secure,
            max_age=max(0, int(grant.expires - now)),
            framed=code.framed,
        )
        response.headers.add("Set-Cookie", cookie)
        return response

    def _ask_front(self, code: Code, door: str | None) -> Response:
        """Give this browser a door cookie, and let front make a code for it."""
        if code.final and door is None:
            raise Unauthenticated(
                "This link was made for another browser, or yours keeps no cookies for this "
                "address. Go back and open it again; if that does not help, allow cookies."
            )
        held = door or secrets.token_urlsafe(_DOOR_BYTES)
        wanted = urlencode({"door": hash_secret(held), "target": code.target})
        response = self._answers.redirect(f"{self._front}/enter/{code.grant.server}?{wanted}")
        if code.final:
            # Another frame came at the same moment, and the browser has kept the cookie of one of
            # them. It is theirs all; setting it anew would never end.
            return response
        cookie = format_cookie(
            self._style.door_name,
            held,
            path=DOOR_PATH,
            secure=self._style.secure,
            max_age=DOOR_SECONDS,
            framed=code.framed,
        )
        response.headers.add("Set-Cookie", cookie)
        return response

    def _read(self, text: str) -> Code:
        try:
            return read_code(self._secrets, text, self._clock())
        except InvalidToken as bad:
            raise Unauthenticated(
                "This link is not valid any more. Go back and open it again.", detail=str(bad)
            ) from bad
