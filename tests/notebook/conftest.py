"""A folder whose path is short enough for a unix socket."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def short_path() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="sifu-", dir="/tmp") as folder:
        yield Path(folder)
