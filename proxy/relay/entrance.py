"""`/-/enter?code=…`: a one-time code from front becomes a pass, and the browser goes on.

The code is in the address for one request of 30 s and is good once; the answer leads to a clean
address, is not cached and sends no referrer.
"""

from urllib.parse import parse_qs

from aiohttp import web

from proxy.core.clock import Clock
from proxy.core.cookies import CookieStyle, format_cookie
from proxy.core.errors import Unauthenticated
from proxy.core.paths import BadTarget, Target, parse_target
from proxy.core.tokens import Code, InvalidToken, mint_pass, read_code
from proxy.relay.answers import Answers
from proxy.settings import Settings
from proxy.store import used_codes
from proxy.store.database import Store

PATH = "/-/enter"


class Entrance:
    """Reads codes, sets passes."""

    def __init__(self, settings: Settings, store: Store, clock: Clock, answers: Answers) -> None:
        self._secrets = settings.secrets
        self._style = CookieStyle(secure=settings.notebook_origin.startswith("https://"))
        self._store = store
        self._clock = clock
        self._answers = answers

    async def enter(self, target: Target) -> web.Response:
        """Answer `/-/enter`; raises `Unauthenticated` for a code that is not good (any more)."""
        code = self._read(parse_qs(target.query[1:]).get("code", [""])[0])
        now = self._clock()
        if not await self._store.write(used_codes.consume, code.id, code.expires, now):
            raise Unauthenticated("This link was used already. Go back and open it again.")
        grant = code.grant
        location = grant.server.prefix + code.target
        if isinstance(parse_target(location), BadTarget):
            raise Unauthenticated("This link leads nowhere. Go back and open it again.")
        response = self._answers.redirect(location)
        cookie = format_cookie(
            self._style.pass_name,
            mint_pass(self._secrets, grant),
            path=grant.server.prefix,
            secure=self._style.secure,
            max_age=max(0, int(grant.expires - now)),
            framed=code.framed,
        )
        # Written by hand: Python's cookie class knows `Partitioned` only from 3.14 on.
        response.headers.add("Set-Cookie", cookie)
        return response

    def _read(self, text: str) -> Code:
        try:
            return read_code(self._secrets, text, self._clock())
        except InvalidToken as bad:
            raise Unauthenticated(
                "This link is not valid any more. Go back and open it again.", detail=str(bad)
            ) from bad
