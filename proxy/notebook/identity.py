"""Who asks, inside Jupyter: the relay's signed header and nothing else.

Promises: without a valid `X-Sifu-Identity` every address answers 403, static files too. No token,
no password, no login page. Jupyter's own Origin and XSRF checks stay on, because a request is
never called “token-authenticated” (that would switch them off).
"""

from functools import cached_property
from pathlib import Path
from typing import Any, NoReturn

from jupyter_server.auth.identity import IdentityProvider, User
from tornado.web import HTTPError
from traitlets import Unicode, default

from proxy.core.clock import system_clock
from proxy.core.tokens import InvalidToken, read_identity

IDENTITY_HEADER = "X-Sifu-Identity"


class SifuIdentityProvider(IdentityProvider):  # type: ignore[misc] # Jupyter's classes are Any here
    """Believes the header that is signed for this very server."""

    key_file = Unicode(config=True, help="holds the key that the relay signs with, 0600")
    server = Unicode(config=True, help="this server's own name, owner/workspace")
    login_available = False
    logout_available = False

    @default("token")  # type: ignore[untyped-decorator]
    def _no_token(self) -> str:
        return ""

    @cached_property
    def _key(self) -> str:
        return Path(self.key_file).read_text()

    def get_user(self, handler: Any) -> User:
        """Return the person whom the header names; raises HTTP 403."""
        values = handler.request.headers.get_list(IDENTITY_HEADER)
        if len(values) != 1:
            _refuse(handler)
        try:
            who = read_identity(self._key, values[0], self.server, system_clock())
        except InvalidToken:
            _refuse(handler)
        return User(username=who.user, name=who.display_name, display_name=who.display_name)

    def is_token_authenticated(self, handler: Any) -> bool:
        return False


def _refuse(handler: Any) -> NoReturn:
    # The error page asks for the user; unset, that would be a second error.
    handler.current_user = None
    raise HTTPError(403, "This server answers through Sifu only.")
