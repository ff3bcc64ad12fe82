"""A second program on the same database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from proxy.store.database import Store


@pytest.fixture
def second_store(store: Store, tmp_path: Path) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path / 'sifu.db'}")
    yield opened
    opened.close()
