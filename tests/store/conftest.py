"""More programs on the same database: a second one, and a relay, in each way that it asks."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from proxy.store.any_database import AnyDatabase
from proxy.store.database import Store
from proxy.store.relay_store import RelayStore
from proxy.store.sqlite_file import SqliteFile


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where `store` keeps its database."""
    return tmp_path / "sifu.db"


@pytest.fixture
def second_store(store: Store, path: Path) -> Iterator[Store]:
    opened = Store(f"sqlite:///{path}")
    yield opened
    opened.close()


@pytest.fixture(params=[SqliteFile, AnyDatabase])
def relay_store(request: pytest.FixtureRequest, store: Store, path: Path) -> Iterator[RelayStore]:
    is_file = request.param is SqliteFile
    opened = SqliteFile(path) if is_file else AnyDatabase(f"sqlite:///{path}")
    yield opened
    opened.close()
