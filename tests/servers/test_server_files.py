"""The files of one server on a real disk."""

import os
import stat
from pathlib import Path

from proxy.core.identity import ServerName
from proxy.notebook import handed_down
from proxy.notebook.start_request import from_text
from proxy.servers.places import Places
from proxy.servers.server_files import (
    delete_files,
    names_with_files,
    read_identity_key,
    read_log_tail,
    write_files,
)
from proxy.servers.spawner import ServerSpec
from tests.servers.fakes import ADA, BOB, KEY


def places_in(folder: Path) -> Places:
    return Places(run=folder / "run", logs=folder / "logs", python="/usr/bin/python3")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def write(places: Places, spec: ServerSpec) -> None:
    write_files(places, spec, {"PATH": "/usr/bin", "HOME": "/root"})


def test_nobody_else_can_read_what_a_server_is_started_with(tmp_path: Path) -> None:
    places = places_in(tmp_path)
    spec = ServerSpec(ADA, tmp_path / "nb", KEY, environment={"PASSWORD": "hush"})
    write(places, spec)
    folder = places.server_folder(ADA)
    folders = (folder, places.sockets, places.programs, places.starts, places.own_folder(ADA))
    assert {mode(each) for each in folders} == {0o700}
    assert mode(places.request_file(ADA)) == 0o600
    assert {mode(path) for path in folder.iterdir()} == {0o600}
    for told in (places.program_file(ADA), places.request_file(ADA)):
        assert KEY not in told.read_text()
        assert "hush" not in told.read_text()
    assert handed_down.read(folder).environment == {"PASSWORD": "hush"}


def test_people_have_a_home_of_their_own(tmp_path: Path) -> None:
    places = places_in(tmp_path)
    write(places, ServerSpec(ADA, tmp_path / "nb/ada/course", KEY, home=tmp_path / "nb/ada/home"))
    request = from_text(places.request_file(ADA).read_text())
    assert request.environment["HOME"] == f"{tmp_path}/nb/ada/home"
    assert request.confinement.uid is None
    assert mode(tmp_path / "nb/ada/home") == mode(tmp_path / "nb/ada/course") == 0o700


def test_no_level_above_a_persons_files_is_open_to_others(tmp_path: Path) -> None:
    places = places_in(tmp_path)
    (tmp_path / "lab").mkdir(mode=0o755)
    (tmp_path / "lab").chmod(0o775)
    nb = tmp_path / "lab/nb"
    before = os.umask(0)
    try:
        write(places, ServerSpec(ADA, nb / "ada/course", KEY, home=nb / "ada/home"))
        write(places, ServerSpec(BOB, tmp_path / "shared", KEY))
    finally:
        os.umask(before)
    made = [path for path in tmp_path.rglob("*") if path.is_dir() and path.name != "lab"]
    assert {mode(path) for path in made} == {0o700}
    assert mode(tmp_path / "lab") == 0o775


def test_a_new_start_replaces_key_and_program(tmp_path: Path) -> None:
    places = places_in(tmp_path)
    write(places, ServerSpec(ADA, tmp_path, KEY))
    write(places, ServerSpec(ADA, tmp_path, "fresh"))
    assert read_identity_key(places, ADA) == "fresh"
    assert [path.name for path in places.programs.iterdir()] == ["ada.home.conf"]


def test_deleting_keeps_the_log(tmp_path: Path) -> None:
    places = places_in(tmp_path)
    write(places, ServerSpec(ADA, tmp_path, KEY))
    places.log_file(ADA).write_text("why it failed\n")
    delete_files(places, ADA)
    delete_files(places, ADA)
    assert read_identity_key(places, ADA) == ""
    assert names_with_files(places) == []
    assert read_log_tail(places, ADA, 5) == ("why it failed",)


def test_what_runs_is_found_by_its_folder_and_nothing_else_is(tmp_path: Path) -> None:
    places = places_in(tmp_path)
    assert names_with_files(places) == []
    write(places, ServerSpec(BOB, tmp_path, KEY))
    write(places, ServerSpec(ADA, tmp_path, KEY))
    for stray in ("nodot", "..", "UPPER.case", "a.b.c"):
        (places.servers / stray).mkdir(exist_ok=True)
    assert names_with_files(places) == [ADA, BOB]


def test_a_tail_of_a_long_or_broken_log_is_short(tmp_path: Path) -> None:
    places = places_in(tmp_path)
    assert read_log_tail(places, ADA, 3) == ()
    places.server_logs.mkdir(parents=True)
    places.log_file(ADA).write_bytes(b"x" * 500_000 + b"\n\xff\n" + b"last\n")
    assert read_log_tail(places, ADA, 2) == ("\ufffd", "last")
    assert read_log_tail(places, ADA, 0) == ()


def test_sockets_of_the_longest_names_fit(tmp_path: Path) -> None:
    longest = ServerName("o" * 48, "w" * 48)
    places = Places(Path("/" + "r" * 76), tmp_path, "python")
    passage = Places(Path("/run"), tmp_path, "python", Path("/run/sifu-0123456789ab"))
    kernel = passage.own_folder(longest) / f"kernel-{'u' * 36}-ipc-99"
    assert len(bytes(kernel)) <= 107
    assert len(bytes(places.server_socket(longest))) <= 107
    assert places.server_socket(longest) != places.server_socket(ServerName("o" * 48, "w" * 47))
