"""What needs no container; the rest is in test_accounts_in_containers.py."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sifu_image.account import SIFU, Account, check_writable, give, owner_of

from tests.image.stranger import as_stranger, open_to_strangers

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root may give folders away")
DOCKER = Path(__file__).parents[2] / "docker"
STRANGER = Account(4321, 4322)


def test_the_owner_is_the_account_unless_it_is_root(tmp_path):
    assert owner_of(tmp_path) is None
    assert owner_of(tmp_path / "nowhere") is None
    os.chown(tmp_path, 4321, 4322)
    assert owner_of(tmp_path) == STRANGER


def test_the_group_root_is_not_taken_over(tmp_path):
    os.chown(tmp_path, 4321, 0)
    assert owner_of(tmp_path) == Account(4321, 4321)


def test_a_folder_of_root_is_given_alone(tmp_path):
    (tmp_path / "kept").write_text("root's")
    give(tmp_path, SIFU, 0o755)
    assert (tmp_path.stat().st_uid, tmp_path.stat().st_gid) == (1000, 1000)
    assert (tmp_path / "kept").stat().st_uid == 0


def test_a_missing_folder_is_made(tmp_path):
    give(tmp_path / "new", STRANGER, 0o700)
    made = (tmp_path / "new").stat()
    assert (made.st_uid, made.st_mode & 0o777) == (4321, 0o700)


@pytest.mark.parametrize("used", [False, True])
def test_a_new_volume_is_given_and_a_used_one_is_not(tmp_path, used):
    os.chown(tmp_path, SIFU.uid, SIFU.gid)
    if used:
        (tmp_path / "sifu.db").touch()
    give(tmp_path, STRANGER, 0o700)
    assert owner_of(tmp_path) == (SIFU if used else STRANGER)


def test_a_folder_of_somebody_else_stays_theirs(tmp_path):
    os.chown(tmp_path, 4321, 4322)
    give(tmp_path, SIFU, 0o700)
    assert tmp_path.stat().st_uid == 4321


def test_a_link_is_not_followed(tmp_path):
    real = tmp_path / "real"
    real.mkdir()
    (tmp_path / "link").symlink_to(real)
    give(tmp_path / "link", SIFU, 0o700)
    assert real.stat().st_uid == 0


def test_there_is_no_way_back(tmp_path):
    code = (
        "import os\n"
        "from sifu_image.account import Account, become\n"
        "become(Account(4321, 4322))\n"
        "status = open('/proc/self/status').read()\n"
        "fields = dict(line.split(':\\t', 1) for line in status.splitlines())\n"
        "print(fields['Uid'], fields['Gid'], 'groups:', fields['Groups'].split())\n"
        "print(fields['CapPrm'], fields['CapEff'], fields['CapAmb'], fields['NoNewPrivs'])\n"
        "try:\n"
        "    os.setuid(0)\n"
        "except PermissionError:\n"
        "    print('no way back')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(DOCKER)},
        capture_output=True,
        text=True,
        check=True,
    )
    ids, capabilities, way = done.stdout.splitlines()
    assert ids.split() == ["4321"] * 4 + ["4322"] * 4 + ["groups:", "[]"]
    assert capabilities.split() == ["0000000000000000"] * 3 + ["1"]
    assert way == "no way back"


def refused(folder: Path) -> str:
    done = as_stranger(lambda: check_writable([("SIFU_DATA", folder)]))
    assert done.status == 70
    return done.err


def test_a_folder_that_cannot_be_written_is_told_with_what_to_do():
    said = refused(Path("/"))
    assert said.startswith("SIFU_DATA: / belongs to account 0:0")
    assert "chown -R 4321:4322" in said
    assert "--user 0:0" in said


def test_a_missing_folder_is_told():
    assert "cannot be used (No such file" in refused(Path("/nowhere"))


def test_a_folder_that_can_be_written_is_no_problem(tmp_path):
    open_to_strangers(tmp_path)
    assert as_stranger(lambda: check_writable([("SIFU_DATA", tmp_path)])).status == 0
