"""What servers are started with, from the settings."""

from pathlib import Path
from typing import Any

import pytest

from proxy.core.identity import SHARED
from proxy.core.policy import Workspaces
from proxy.servers.places import Places, places_of_this_run
from proxy.servers.wiring import (
    clean_environment,
    describe_server,
    find_names,
    scores_address,
    wire_operations,
)
from proxy.settings import Settings
from proxy.store.database import Store
from proxy.store.records import ServerRecord
from tests.conftest import FakeClock
from tests.servers.fakes import ADA, KEY


def test_everybody_shares_the_notebooks_folder() -> None:
    settings = Settings(notebooks=Path("/notebooks"))
    spec = describe_server(settings, ServerRecord(SHARED, identity_key=KEY))
    assert spec.root == Path("/notebooks")
    assert spec.home is None


def test_one_each_has_root_and_home_of_its_own() -> None:
    settings = Settings(notebooks=Path("/notebooks"), workspaces=Workspaces.PER_USER)
    spec = describe_server(settings, ServerRecord(ADA, identity_key=KEY))
    assert spec.root == spec.home == Path("/notebooks/ada/home")


def test_settings_reach_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE", "physics")
    monkeypatch.delenv("ABSENT", raising=False)
    settings = Settings(
        notebook_url="https://n.example.org",
        lms_origins=("https://lms.example.org",),
        autosave_interval=7,
        notebook_environment=("COURSE", "ABSENT"),
    )
    spec = describe_server(settings, ServerRecord(ADA, identity_key=KEY, gateway_url="http://g"))
    assert spec.https
    assert spec.frame_origins == ("https://lms.example.org",)
    assert (spec.autosave_interval, spec.gateway_url) == (7, "http://g")
    told = "127.0.0.1:3334 127.0.0.1:3334"
    assert spec.environment == {"COURSE": "physics", "NOTEBOOK_SCORES": told}


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"bind": "0.0.0.0", "front_port": 80}, "127.0.0.1:80 127.0.0.1:80"),
        ({"bind": "10.0.0.5"}, "10.0.0.5:3334 10.0.0.5:3334"),
        ({"front_url": "https://sifu.example.org"}, "127.0.0.1:3334 sifu.example.org"),
    ],
)
def test_kernels_are_told_where_the_front_listens_and_its_name(
    values: dict[str, Any], told: str
) -> None:
    assert scores_address(Settings(**values)) == told


def test_notebooks_see_a_clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIFU_SECRET", "hush")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hush")
    monkeypatch.setenv("PATH", "/opt/sifu/bin:/usr/bin")
    monkeypatch.setenv("HOME", "/home/ada")
    monkeypatch.setenv("TZ", "odd #value")
    found = clean_environment(Places(Path("/run"), Path("/logs"), "/opt/sifu/bin/python"))
    assert found["PATH"] == "/opt/sifu/bin:/usr/bin"
    assert found["HOME"] == "/home/ada"
    assert "hush" not in str(found)
    assert "TZ" not in found


def test_what_sifu_up_handed_down_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SIFU_RUN", "SIFU_LOG_FOLDER", "SIFU_PYTHON"):
        monkeypatch.delenv(name, raising=False)
    settings = Settings(data=Path("/data"))
    assert places_of_this_run(settings, "py") == Places(Path("/data/run"), Path("/data/logs"), "py")
    monkeypatch.setenv("SIFU_RUN", "/tmp/short")
    monkeypatch.setenv("SIFU_LOG_FOLDER", "/logs")
    monkeypatch.setenv("SIFU_PYTHON", "/usr/bin/python3")
    assert places_of_this_run(settings, "py") == Places(
        Path("/tmp/short"), Path("/logs"), "/usr/bin/python3"
    )


async def test_everything_is_wired(store: Store, clock: FakeClock, tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, start_timeout=7)
    operations = wire_operations(settings, store, clock)
    assert operations.start_seconds == 7
    assert operations.read_log(ADA, 5) == ()
    assert await find_names(settings) == []
