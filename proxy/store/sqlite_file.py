"""An SQLite file without SQLAlchemy, for `facts`: the promises of `database.Store`, less its size.

Promises: a write is exclusive from its first statement; a file that was replaced (a restored
backup) is noticed with the next transaction. Must not: make the file. A relay that starts before
there is a database shall say so, not find an empty one where nobody is known.
"""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from proxy.store.facts import Answer, Execute
from proxy.store.transactions import BUSY_SECONDS, SQLITE_PRAGMAS, Transactions, unavailable

R = TypeVar("R")


class SqliteFile(Transactions[Execute]):
    """One thread that asks, one that writes, and a connection for each."""

    def __init__(self, path: Path) -> None:
        super().__init__(readers=1, writers=1)
        self._path = path
        self._resting: list[_Connection] = []

    def _run(self, work: Callable[[Execute], R], *, writes: bool) -> R:
        connection = self._take()
        try:
            connection.execute("BEGIN IMMEDIATE" if writes else "BEGIN")
            result = work(connection.execute)
            connection.execute("COMMIT")
        except sqlite3.Error as problem:
            connection.close()
            raise unavailable(problem) from problem
        except BaseException:
            connection.close()  # and with it everything that was begun
            raise
        self._resting.append(connection)
        return result

    def _disconnect(self) -> None:
        for connection in self._resting:
            connection.close()

    def _take(self) -> "_Connection":
        try:
            inode = _inode(self._path)
            while (rested := self._rested()) is not None:
                if rested.inode == inode:
                    return rested
                rested.close()
            return _Connection(self._path, inode)
        except (OSError, sqlite3.Error) as problem:
            raise unavailable(problem) from problem

    def _rested(self) -> "_Connection | None":
        try:
            return self._resting.pop()
        except IndexError:
            return None


class _Connection:
    """An open connection, and which file it opened."""

    def __init__(self, path: Path, inode: tuple[int, int]) -> None:
        self.inode = inode
        # None: the driver begins no transactions of its own.
        self._opened = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=rw",
            uri=True,
            timeout=BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            for pragma in SQLITE_PRAGMAS:
                self.execute(f"PRAGMA {pragma}")
        except BaseException:
            self.close()
            raise

    def execute(self, statement: str, /, **values: object) -> Answer:
        return self._opened.execute(statement, values)

    def close(self) -> None:
        self._opened.close()


def _inode(path: Path) -> tuple[int, int]:
    # Not by opening it: closing a second descriptor would take SQLite's locks away (POSIX).
    status = path.stat()
    return status.st_dev, status.st_ino
