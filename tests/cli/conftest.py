"""The `sifu` command on an installation of its own."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from proxy.cli import main
from proxy.settings import Settings, read_settings
from proxy.store.database import Store

Sifu = Callable[..., Result]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {
        "SIFU_DATA": str(tmp_path / "data"),
        "SIFU_NOTEBOOKS": str(tmp_path / "notebooks"),
        "SIFU_FRONT_PORT": "13700",
        "SIFU_NOTEBOOK_PORT": "13701",
    }


@pytest.fixture
def settings(environment: dict[str, str]) -> Settings:
    return read_settings(environment)


@pytest.fixture
def sifu(environment: dict[str, str]) -> Sifu:
    def call(*arguments: str, stdin: str | None = None, **more: str) -> Result:
        return CliRunner().invoke(main, arguments, input=stdin, env=environment | more)

    return call


@pytest.fixture
def installed(settings: Settings, sifu: Sifu):
    """The store that the commands wrote; `ann` is an admin, `bob` is not."""
    assert sifu("user", "add", "ann", "--admin", "--generate").exit_code == 0
    assert sifu("user", "add", "bob", "--generate").exit_code == 0
    store = Store(settings.store_url)
    yield store
    store.close()
