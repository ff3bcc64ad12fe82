import pytest

from proxy.core.diagnosis import (
    MIB,
    Disk,
    Examination,
    Folder,
    Port,
    PortState,
    PrivateFile,
    SocketPath,
    TimeStamp,
    examine_clock,
    examine_disks,
    examine_folders,
    examine_ports,
    examine_private_files,
    examine_socket_path,
)


def only(examination: Examination) -> str:
    assert len(examination.findings) == 1
    finding = examination.findings[0]
    assert finding.is_problem
    return f"{finding.wrong} {finding.remedy}"


def port(state: PortState, holder: str = "") -> Port:
    return Port("SIFU_FRONT_PORT", "127.0.0.1", 3334, state, holder)


def folder(**changes: object) -> Folder:
    facts = {"exists": True, "is_writable": True, "is_ours": True, "mode": 0o700}
    return Folder("SIFU_DATA", "/srv/data", **(facts | changes))  # type: ignore[arg-type]


def disk(**changes: int) -> Disk:
    facts = {"total": 10_000 * MIB, "free": 9_000 * MIB, "files_total": 1000, "files_free": 900}
    return Disk("/srv/data", **(facts | changes))


def test_free_ports_are_praised():
    examination = examine_ports([port(PortState.FREE), port(PortState.FREE)])
    assert examination.findings == ()
    assert "free" in examination.praise


def test_ports_of_a_running_sifu_are_no_finding():
    examination = examine_ports([port(PortState.OURS)])
    assert examination.findings == ()
    assert "served by Sifu itself" in examination.praise


def test_the_program_that_has_a_port_is_named():
    assert "nginx (process 7)" in only(examine_ports([port(PortState.TAKEN, "nginx (process 7)")]))


def test_an_unknown_holder_is_somebody_else():
    assert "another account" in only(examine_ports([port(PortState.TAKEN)]))


@pytest.mark.parametrize(
    ("state", "word"),
    [
        (PortState.FORBIDDEN, "1024"),
        (PortState.NOT_HERE, "not an address of this machine"),
        (PortState.NOT_IPV4, "IPv6"),
    ],
)
def test_ports_that_cannot_be_had_say_why(state, word):
    assert word in only(examine_ports([port(state)]))


def test_good_folders_are_praised():
    assert examine_folders([folder(), folder(exists=False)]).findings == ()


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"is_writable": False}, "cannot be written"),
        ({"is_writable": False, "exists": False}, "cannot be made"),
        ({"is_ours": False}, "another account"),
        ({"mode": 0o777}, "every account"),
    ],
)
def test_folders_that_do_not_serve_are_told(changes, word):
    assert word in only(examine_folders([folder(**changes)]))


def test_the_parent_of_a_missing_folder_may_belong_to_others():
    shared = folder(exists=False, is_ours=False, mode=0o1777)
    assert examine_folders([shared]).findings == ()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602])
def test_a_secret_that_others_can_read_or_write_is_told(mode):
    assert "chmod 600 /srv/secret" in only(
        examine_private_files([PrivateFile("/srv/secret", mode, is_ours=True)])
    )


def test_a_private_file_of_another_account_is_told():
    assert "another account" in only(
        examine_private_files([PrivateFile("/srv/secret", 0o600, is_ours=False)])
    )


def test_private_files_are_praised():
    assert examine_private_files([PrivateFile("/a", 0o600, is_ours=True)]).findings == ()


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"free": 511 * MIB}, "511 MiB"),
        ({"total": 100_000 * MIB, "free": 1_900 * MIB}, "1900 MiB"),
        ({"files_free": 9}, "9 more files"),
    ],
)
def test_a_full_disk_is_told(changes, word):
    assert word in only(examine_disks([disk(**changes)]))


def test_a_file_system_without_a_limit_on_files_is_fine():
    assert examine_disks([disk(files_total=0, files_free=0)]).findings == ()


def test_a_large_disk_with_room_in_bytes_is_fine():
    assert examine_disks([disk(total=1_000_000 * MIB, free=6_000 * MIB)]).findings == ()


def test_a_socket_path_may_have_the_limit_and_no_more():
    assert examine_socket_path(SocketPath("/run/x", 107, 107)).findings == ()
    assert "108 bytes" in only(examine_socket_path(SocketPath("/run/x", 108, 107)))


@pytest.mark.parametrize(
    ("ahead", "words"),
    [(130, "2 minutes"), (7200, "2 hours"), (90_000, "1 day ")],
)
def test_a_clock_that_runs_behind_is_told(ahead, words):
    assert words in only(examine_clock(1000.0, TimeStamp("a row", 1000.0 + ahead)))


def test_a_clock_with_nothing_to_compare_is_fine():
    assert examine_clock(1000.0, None).findings == ()
    assert examine_clock(1000.0, TimeStamp("a row", 1100.0)).findings == ()
