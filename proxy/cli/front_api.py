"""The control API of the front that runs, asked by a command.

Promises: the command line needs no token of its own: whoever may read the store may do everything
anyway. It makes one for an administrator, good for a minute, another when that one becomes old, and
deletes each.
Must not: show it to anybody, or send it to anything but the front of this machine.
"""

import http.client
import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import IO, Any
from urllib.parse import urlsplit

from sqlalchemy import Connection

from proxy.cli.installation import Installation, open_installation
from proxy.core.clock import Clock, system_clock
from proxy.core.credentials import (
    API_TOKEN_PREFIX,
    COMMAND_LINE_TOKEN,
    SECRET_BYTES,
    hash_secret,
)
from proxy.core.errors import Conflict, ServerNotRunning
from proxy.settings import Settings
from proxy.store import api_tokens, users
from proxy.store.database import Store

# A stop may take that long.
_ANSWER_SECONDS = 90
_TOKEN_SECONDS = 60.0
_MOST_BYTES = 16 * 2**20
_CHUNK = 256 * 1024
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "": "127.0.0.1"}  # noqa: S104 (to connect, not to listen)


@dataclass(frozen=True, slots=True)
class FrontApi:
    """Asks as an administrator; `secret` gives a token that is good for a while."""

    settings: Settings
    secret: Callable[[], str]

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """Return the JSON of the answer; raises `Conflict` (what it says), `ServerNotRunning`."""
        status, text = self._exchange(method, path, body)
        try:
            found = json.loads(text)
        except ValueError:
            raise ServerNotRunning(f"What listens at {self._address} is not Sifu.") from None
        if status >= 400:
            raise _refused(text)
        return found

    def save(self, path: str, target: IO[bytes]) -> int:
        """Write what is answered into a file; return how much. Raises as `ask` does, `OSError`."""
        size = 0
        with closing(self._connect()) as connection:
            response = self._send(connection, "GET", path, None)
            if response.status >= 400:
                raise _refused(_read(response, _MOST_BYTES).decode("utf-8", "replace"))
            while chunk := _read(response, _CHUNK):
                size += target.write(chunk)
        return size

    @property
    def _address(self) -> str:
        return f"{self._host}:{self.settings.front_port}"

    @property
    def _host(self) -> str:
        return _EVERYWHERE.get(self.settings.bind, self.settings.bind)

    def _exchange(self, method: str, path: str, body: object) -> tuple[int, str]:
        with closing(self._connect()) as connection:
            response = self._send(connection, method, path, body)
            return response.status, _read(response, _MOST_BYTES).decode("utf-8", "replace")

    def _connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(
            self._host, self.settings.front_port, timeout=_ANSWER_SECONDS
        )

    def _send(
        self, connection: http.client.HTTPConnection, method: str, path: str, body: object
    ) -> http.client.HTTPResponse:
        headers = {
            # Front serves its public name alone.
            "Host": urlsplit(self.settings.front_origin).netloc,
            "Authorization": f"Bearer {self.secret()}",
            "Accept": "application/json",
        }
        text = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            text = json.dumps(body)
        try:
            connection.request(method, path, body=text, headers=headers)
            return connection.getresponse()
        except (OSError, http.client.HTTPException) as problem:
            raise ServerNotRunning(
                f"Sifu does not answer at {self._address} ({problem}). Does it run? `sifu up` "
                "starts it."
            ) from problem


def _read(response: http.client.HTTPResponse, most: int) -> bytes:
    try:
        return response.read(most)
    except (OSError, http.client.HTTPException) as problem:
        raise ServerNotRunning(f"The answer of Sifu broke off ({problem}). Try again.") from problem


def _refused(text: str) -> Conflict:
    """Return what the front says, as problem details or otherwise."""
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    return Conflict(str(found.get("detail", text)) if isinstance(found, dict) else text)


@contextmanager
def open_front() -> Iterator[FrontApi]:
    """Open the installation, and the door of its front; raises `Conflict`, `StoreUnavailable`."""
    with open_installation() as here, front_of(here) as front:
        yield front


@contextmanager
def front_of(here: Installation) -> Iterator[FrontApi]:
    """The same for an installation that is open already."""
    token = _Token(here.store)
    try:
        token.secret()
        yield FrontApi(here.settings, token.secret)
    finally:
        token.remove()


class _Token:
    """The one of a command, made anew while the command goes on."""

    def __init__(self, store: Store, *, clock: Clock = system_clock) -> None:
        self._store = store
        self._clock = clock
        self._id = self._secret = ""
        self._made = float("-inf")

    def secret(self) -> str:
        """Return it; raises `Conflict`, `StoreUnavailable`."""
        now = self._clock()
        if not 0 <= now - self._made < _TOKEN_SECONDS / 2:
            fresh = API_TOKEN_PREFIX + secrets.token_urlsafe(SECRET_BYTES)
            fresh_id = COMMAND_LINE_TOKEN + secrets.token_hex(6)
            self._store.write_now(_make_token, fresh_id, hash_secret(fresh), now)
            self.remove()
            self._id, self._secret, self._made = fresh_id, fresh, now
        return self._secret

    def remove(self) -> None:
        if self._id:
            self._store.write_now(api_tokens.remove, self._id, self._clock())
            self._id = ""


def _make_token(connection: Connection, token_id: str, secret_hash: str, now: float) -> None:
    administrators = [
        user for user in users.list_all(connection) if user.is_admin and not user.is_disabled
    ]
    if not administrators:
        raise Conflict("There is no administrator. `sifu user add NAME --admin` makes one.")
    api_tokens.create(
        connection,
        token_id=token_id,
        secret_hash=secret_hash,
        user_id=administrators[0].id,
        label="the command line",
        now=now,
        expires=now + _TOKEN_SECONDS,
    )
