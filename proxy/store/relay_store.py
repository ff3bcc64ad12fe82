"""The store as a relay opens it: the questions of `facts`, and no SQLAlchemy for SQLite."""

from pathlib import Path

from proxy.store.facts import Execute
from proxy.store.sqlite_file import SqliteFile
from proxy.store.transactions import Transactions

RelayStore = Transactions[Execute]
_SQLITE = "sqlite:///"


def open_relay_store(url: str) -> RelayStore:
    """Open the database of an SQLAlchemy URL; raises `InvalidSettings` if there is no such kind."""
    name = url.removeprefix(_SQLITE)
    # A question mark begins options, which are SQLAlchemy's to understand.
    if url.startswith(_SQLITE) and name and "?" not in name:
        return SqliteFile(Path(name))
    # Imported here: SQLAlchemy adds 13 MB and 100 ms to each relay, and SQLite needs none of it.
    from proxy.store.any_database import AnyDatabase

    return AnyDatabase(url)
