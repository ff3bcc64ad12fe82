"""The engine of SQLAlchemy under `read` and `write`.

Promises, beyond those of `Transactions`: a write transaction is exclusive from its first statement
(SQLite's `BEGIN IMMEDIATE`), so read-then-write inside one is safe; a wait for the lock ends after
`BUSY_SECONDS`. Where the database lets transactions run side by side (PostgreSQL), one that meets a
row that another added in between runs again, from its first statement. Not for the relay, whose
processes shall be small: it has `relay_store`.
"""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import ArgumentError, IntegrityError, NoSuchModuleError, SQLAlchemyError

from proxy.core.errors import InvalidSettings
from proxy.store.transactions import BUSY_SECONDS, SQLITE_PRAGMAS, Transactions, unavailable

# Two ask, two write; each with a connection of the engine's.
_THREADS = 2
_TRIES = 3
R = TypeVar("R")


class Store(Transactions[Connection]):
    """Owns the engine and a few threads; `close` gives both back."""

    def __init__(self, url: str) -> None:
        self.engine = _engine(url)
        self._writer = self.engine.execution_options(sifu_write=True)
        super().__init__(readers=_THREADS, writers=_THREADS)

    def _run(self, work: Callable[[Connection], R], *, writes: bool) -> R:
        for left in reversed(range(_TRIES)):
            try:
                with (self._writer if writes else self.engine).begin() as connection:
                    return work(connection)
            except IntegrityError as problem:
                if not left:
                    raise unavailable(problem) from problem
            except (SQLAlchemyError, sqlite3.Error) as problem:
                raise unavailable(problem) from problem
        raise AssertionError("the last try has returned or raised")

    def _disconnect(self) -> None:
        self.engine.dispose()


def migrate(store: Store) -> None:
    """Bring the schema to the newest version; safe to call at every start and twice at once."""
    # Imported here: only who migrates pays for it (10 MB).
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))

    def upgrade(connection: Connection) -> None:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")

    store.write_now(upgrade)


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() != "sqlite":
            return create_engine(parsed, pool_pre_ping=True)
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as problem:
        raise InvalidSettings([f"SIFU_DATABASE_URL: {problem}"]) from problem
    if parsed.database:
        _make_file(Path(parsed.database))
    engine = create_engine(
        parsed,
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
        pool_size=2 * _THREADS,
        max_overflow=1,
    )
    event.listen(engine, "connect", _configure_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _make_file(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Born unreadable to others: it holds hashes of passwords and keys of running servers.
        path.touch(mode=0o600, exist_ok=True)
    except OSError as problem:
        raise InvalidSettings(
            [f"SIFU_DATA: the database {path} cannot be made there ({problem.strerror})."]
        ) from problem


def _configure_sqlite(connection: Any, _record: object) -> None:
    # None: the driver begins no transactions of its own; `_begin_sqlite` says which kind.
    connection.isolation_level = None
    for pragma in SQLITE_PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("sifu_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
