"""Any database of SQLAlchemy's, for `facts`. Importing this loads SQLAlchemy."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection, text

from proxy.store.database import Store
from proxy.store.facts import Answer, Execute
from proxy.store.transactions import Transactions

R = TypeVar("R")


class AnyDatabase(Transactions[Execute]):
    """Runs the same text through a `Store`, whose promises it keeps."""

    def __init__(self, url: str) -> None:
        super().__init__(readers=1, writers=1)
        self._store = Store(url)

    def _run(self, work: Callable[[Execute], R], *, writes: bool) -> R:
        run = self._store.write_now if writes else self._store.read_now
        return run(lambda connection: work(through(connection)))

    def _disconnect(self) -> None:
        self._store.close()


def through(connection: Connection) -> Execute:
    """Return what runs a statement of `facts` in a transaction of a `Store`."""

    def execute(statement: str, /, **values: object) -> Answer:
        return connection.execute(text(statement), values)

    return execute
