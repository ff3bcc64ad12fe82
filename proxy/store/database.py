"""The engine, and the two ways into it: `read` and `write`.

Promises: a write transaction is exclusive from its first statement (SQLite's `BEGIN IMMEDIATE`),
so read-then-write inside one is safe; a wait for the lock ends after `BUSY_SECONDS`; every failure
of the database surfaces as `StoreUnavailable`. Must not: run a statement in the event loop.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from proxy.core.errors import InvalidSettings, StoreUnavailable

BUSY_SECONDS = 5
_THREADS = 4
P = ParamSpec("P")
R = TypeVar("R")


class Store:
    """Owns the engine and a few threads; `close` gives both back."""

    def __init__(self, url: str) -> None:
        self.engine = _engine(url)
        self._writer = self.engine.execution_options(sifu_write=True)
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="store")

    def read_now(
        self, ask: Callable[Concatenate[Connection, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Run one question in this thread (the command line; never inside an event loop)."""
        return _run(self.engine, ask, *args, **kwargs)

    def write_now(
        self, change: Callable[Concatenate[Connection, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Run one change in this thread, as one transaction."""
        return _run(self._writer, change, *args, **kwargs)

    async def read(
        self, ask: Callable[Concatenate[Connection, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Ask in a thread; raises `StoreUnavailable`."""
        return await self._in_thread(lambda: self.read_now(ask, *args, **kwargs))

    async def write(
        self, change: Callable[Concatenate[Connection, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Change in a thread, as one transaction; raises `StoreUnavailable`."""
        return await self._in_thread(lambda: self.write_now(change, *args, **kwargs))

    def close(self) -> None:
        self._threads.shutdown(wait=True)
        self.engine.dispose()

    async def _in_thread(self, work: Callable[[], R]) -> R:
        # Shielded: a client that goes away may not cut a transaction in half of its caller's view.
        return await asyncio.shield(asyncio.get_running_loop().run_in_executor(self._threads, work))


def migrate(store: Store) -> None:
    """Bring the schema to the newest version; safe to call at every start and twice at once."""
    # Imported here: only who migrates pays for it (10 MB), and every relay process imports this.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))

    def upgrade(connection: Connection) -> None:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")

    store.write_now(upgrade)


def _run(
    engine: Engine,
    work: Callable[Concatenate[Connection, P], R],
    *args: P.args,
    **kwargs: P.kwargs,
) -> R:
    try:
        with engine.begin() as connection:
            return work(connection, *args, **kwargs)
    except (SQLAlchemyError, sqlite3.Error) as problem:
        raise StoreUnavailable(
            "The database cannot be used now. Try again in a moment; if it stays so, "
            "the operator finds the reason with `sifu doctor`.",
            detail=str(problem),
        ) from problem


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
        pool_size=_THREADS,
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
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("sifu_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
