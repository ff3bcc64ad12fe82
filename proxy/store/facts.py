"""The questions of a relay, and the few things that it writes: SQL text, for every database.

Written out because a relay process shall not load SQLAlchemy, which is a quarter of its size. Each
function takes an `Execute`, which a `RelayStore` hands it inside a transaction. Must not: know
which database answers; whatever is not the same in SQLite and PostgreSQL has no place here.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from proxy.core.identity import ServerName, Session, User, helped_server
from proxy.core.lifecycle import State
from proxy.store.records import ApiToken, Change, ServerRecord


class Answer(Protocol):
    """What a statement gave: its rows, or how many rows it wrote."""

    @property
    def rowcount(self) -> int: ...

    def fetchall(self) -> Sequence[Any]: ...


class Execute(Protocol):
    """Runs one statement, whose `:name`s stand for the values."""

    def __call__(self, statement: str, /, **values: object) -> Answer: ...


# Of a password only whether there is one: a relay has no use for its hash. What belongs to a
# disabled account is not found at all: a relay has nothing to do for it.
_FIND_SESSION = """
    SELECT users.id, users.name, slug, is_admin, users.created, password_hash IS NOT NULL,
        sessions.id, sessions.created, last_seen, expires, ended, helping
    FROM sessions JOIN users ON users.id = sessions.user_id
    WHERE sessions.id = :id AND NOT users.disabled
"""
_FIND_BY_HASH = """
    SELECT users.id, users.name, slug, is_admin, users.created, password_hash IS NOT NULL,
        api_tokens.id, label, api_tokens.created, last_used, expires, revoked
    FROM api_tokens JOIN users ON users.id = api_tokens.user_id
    WHERE secret_hash = :secret_hash AND NOT users.disabled
"""
_FIND_SERVER = """
    SELECT state, reason, address, identity_key, gateway_url, pid, started, last_activity
    FROM servers WHERE owner = :owner AND workspace = :workspace
"""
# More seconds than any reader allows clocks to differ (`sealing.LEEWAY`, `token_claims.LEEWAY`).
_STILL_KNOWN = 120.0
_CHANGES = "SELECT seq, kind, key FROM changes WHERE seq > :seq ORDER BY seq LIMIT :most"
_TOUCH_SERVER = """
    UPDATE servers SET last_activity = :at
    WHERE owner = :owner AND workspace = :workspace
        AND (last_activity < :at OR last_activity IS NULL)
"""
_TOUCH_SESSION = "UPDATE sessions SET last_seen = :now WHERE id = :id AND last_seen < :now"
_USE_CODE = "INSERT INTO used_codes (id, expires) VALUES (:id, :expires) ON CONFLICT DO NOTHING"


def find_session(execute: Execute, session_id: str) -> Session | None:
    """Return the session, ended or not; the caller judges its times."""
    for row in execute(_FIND_SESSION, id=session_id).fetchall():
        id_, created, last_seen, expires, ended, helping = row[6:]
        helped = helped_server(helping)
        return Session(id_, _user(row), created, last_seen, expires, ended, helped)
    return None


def find_token(execute: Execute, secret_hash: str) -> ApiToken | None:
    """Return the API token, valid or not; the caller judges."""
    for row in execute(_FIND_BY_HASH, secret_hash=secret_hash).fetchall():
        id_, label, created, last_used, expires, revoked = row[6:]
        return ApiToken(id_, _user(row), label, created, last_used, expires, revoked)
    return None


def find_server(execute: Execute, name: ServerName) -> ServerRecord | None:
    for row in execute(_FIND_SERVER, owner=name.owner, workspace=name.workspace).fetchall():
        state, *rest = row
        return ServerRecord(name, State(state), *rest)
    return None


def newest_change(execute: Execute) -> int:
    """Return the number of the newest change, 0 if there is none."""
    ((newest,),) = execute("SELECT max(seq) FROM changes").fetchall()
    return 0 if newest is None else int(newest)


def changes_since(execute: Execute, seq: int, *, limit: int = 1000) -> list[Change]:
    """Return what was published after number `seq`, oldest first."""
    return [Change(*row) for row in execute(_CHANGES, seq=seq, most=limit).fetchall()]


def touch_server(execute: Execute, name: ServerName, at: float) -> None:
    """Note activity; never moves it back. Tells nobody: it changes no route."""
    execute(_TOUCH_SERVER, owner=name.owner, workspace=name.workspace, at=at)


def touch_sessions(execute: Execute, session_ids: Iterable[str], now: float) -> None:
    """Note that these sessions were used."""
    for session_id in session_ids:
        execute(_TOUCH_SESSION, id=session_id, now=now)


def consume_code(execute: Execute, code_id: str, expires: float, now: float) -> bool:
    """Use up a one-time code; False if somebody used it before. Forgets the codes that are over.

    Not at once: whoever reads a code allows for clocks that differ, and would take it again.
    """
    execute("DELETE FROM used_codes WHERE expires < :over", over=now - _STILL_KNOWN)
    return execute(_USE_CODE, id=code_id, expires=expires).rowcount == 1


def _user(row: Sequence[Any]) -> User:
    id_, name, slug, is_admin, created, has_password = row[:6]
    # SQLite has no truth values, only 0 and 1.
    return User(id_, name, slug, bool(is_admin), created, bool(has_password))
