"""The pretended machine, once for each shell that must be able to run the hooks."""

from pathlib import Path

import pytest

from tests.hooks.machine import SHELLS, Machine


@pytest.fixture(params=SHELLS)
def machine(request: pytest.FixtureRequest, tmp_path: Path) -> Machine:
    return Machine(tmp_path / "machine", shell=request.param)
