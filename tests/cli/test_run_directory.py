"""The run directory on a real disk."""

import os
import stat
import tempfile
from pathlib import Path

import pytest

from proxy.cli.run_directory import (
    LONGEST,
    choose_run_directory,
    keep_secrets,
    make_private,
    prepare,
    send_logs_to_stdout,
)
from proxy.core.errors import InvalidSettings
from proxy.servers.places import Places
from proxy.settings import Settings
from tests.servers.fakes import ADA


def places_in(folder: Path) -> Places:
    return Places(run=folder / "run", logs=folder / "logs", python="python")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_it_is_private_and_complete(tmp_path: Path) -> None:
    places = places_in(tmp_path)
    prepare(places)
    folders = [path for path in places.run.rglob("*") if path.is_dir()]
    assert {path.name for path in folders} == {
        "metrics",
        "programs",
        "secrets",
        "servers",
        "sockets",
        "starts",
    }
    assert {mode(path) for path in [places.run, *folders]} == {0o700}
    assert places.server_logs.is_dir()


def test_others_pass_only_where_accounts_have_something(tmp_path: Path) -> None:
    passage = tmp_path / "passage"
    prepare(Places(tmp_path / "run", tmp_path / "logs", "python", passage))
    assert mode(tmp_path / "run") == 0o700
    assert {mode(each) for each in (passage, passage / "servers", passage / "sockets")} == {0o711}


def test_no_level_is_open_to_others_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        prepare(places_in(tmp_path / "some/data"))
    finally:
        os.umask(before)
    assert {mode(path) for path in tmp_path.rglob("*") if path.is_dir()} == {0o700}


def test_an_open_folder_is_closed(tmp_path: Path) -> None:
    places = places_in(tmp_path)
    places.run.mkdir(mode=0o755)
    prepare(places)
    assert mode(places.run) == 0o700


def test_a_planted_link_or_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "run").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InvalidSettings, match="somebody else"):
        make_private(tmp_path / "run")


def test_a_folder_of_somebody_else_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.getuid", lambda: 4711)
    with pytest.raises(InvalidSettings, match="SIFU_DATA"):
        make_private(tmp_path)


def test_what_an_earlier_run_left_is_cleared_but_servers_may_live(tmp_path: Path) -> None:
    places = places_in(tmp_path)
    prepare(places)
    left = [
        places.stopping,
        places.failed,
        places.supervisor_socket,
        places.fork_socket,
        places.program_file(ADA),
        places.run / "metrics" / "counter_1.db",
        places.run / "secrets" / "sifu_secret",
    ]
    kept = places.server_folder(ADA) / "identity.key"
    kept.parent.mkdir()
    for path in [*left, kept]:
        path.touch()
    prepare(places)
    assert [path for path in left if path.exists()] == []
    assert kept.exists()


def test_a_long_path_becomes_a_short_one_that_stays_the_same(tmp_path: Path) -> None:
    assert choose_run_directory(Path("/data")) == Path("/data/run")
    deep = tmp_path / ("d" * 90)
    chosen = choose_run_directory(deep)
    assert chosen == choose_run_directory(deep)
    assert chosen != choose_run_directory(tmp_path / ("e" * 90))
    assert chosen.parent == Path(tempfile.gettempdir())


@pytest.mark.parametrize("length", range(60, 90))
def test_every_socket_fits_whatever_the_length(length: int) -> None:
    run = choose_run_directory(Path("/" + "d" * length))
    places = Places(run, run, "python")
    assert len(bytes(places.server_socket(ADA))) <= LONGEST
    assert len(bytes(places.supervisor_socket)) + len(".4194304") <= LONGEST


def test_secrets_become_files_and_the_password_goes_nowhere(tmp_path: Path) -> None:
    places = places_in(tmp_path)
    prepare(places)
    ours = {"SIFU_SECRET": "hush-1", "SIFU_ADMIN_PASSWORD": "hush-2", "SIFU_BIND": "127.0.0.1"}
    kept = keep_secrets(places, ours, {"SIFU_SECRET", "SIFU_ADMIN_PASSWORD"})
    path = places.run / "secrets" / "sifu_secret"
    assert kept == {"SIFU_SECRET_FILE": str(path), "SIFU_BIND": "127.0.0.1"}
    assert path.read_text() == "hush-1"
    assert mode(path) == 0o600
    assert [found.name for found in path.parent.iterdir()] == ["sifu_secret"]


def test_logs_go_to_stdout_only_where_wanted(tmp_path: Path) -> None:
    places = places_in(tmp_path)
    prepare(places)
    send_logs_to_stdout(places, Settings(logs="files"))
    assert list(places.programs.iterdir()) == []
    send_logs_to_stdout(places, Settings(logs="stdout"))
    assert "stdout_logfile=/dev/fd/1" in (places.programs / "logs.conf").read_text()
