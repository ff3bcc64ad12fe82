"""The scripts and the unit as texts: portable, clean, and only what the rest expects of them."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.hooks.machine import HOOKS, REPOSITORY, SHELLS, Machine, container

SCRIPTS = sorted(HOOKS.glob("*.sh"))
UNIT = HOOKS / "sifu-upstreams.service"
# Programs of coreutils, grep, sed, util-linux and one awk: Amazon Linux 2023 has all of them.
NEEDED = (
    *("awk", "cat", "chmod", "cp", "cut", "date", "dirname", "env", "flock", "grep", "mkdir"),
    *("mktemp", "mv", "rm", "sed", "setsid", "sh", "sha256sum", "sleep", "sort", "stat"),
    *("timeout", "touch", "tr"),
)
SHELLCHECK = shutil.which("shellcheck") or REPOSITORY / ".venv" / "bin" / "shellcheck"


def test_shellcheck_has_nothing_to_say() -> None:
    done = subprocess.run(
        [SHELLCHECK, "--external-sources", "--shell=sh", f"--source-path={REPOSITORY}", *SCRIPTS],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_every_shell_can_read_them(shell: str, script: Path) -> None:
    done = subprocess.run([*shell.split(), "-n", script], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_hooks_can_be_executed_and_end_at_the_first_error(script: Path) -> None:
    text = script.read_text()
    if script.name == "lib.sh":
        assert not os.access(script, os.X_OK)
    else:
        assert text.startswith("#!/bin/sh\n")
        assert "\nset -eu\n" in text
        assert os.access(script, os.X_OK)
    assert "\r" not in text


def test_what_the_hooks_read_on_the_machine_is_no_setting_of_sifus() -> None:
    """An environment property reaches the container too, where unknown SIFU_* are errors."""
    text = "".join(script.read_text() for script in SCRIPTS)
    assert "${SIFU_" not in text
    assert "$SIFU_" not in text


def test_systemd_accepts_the_unit() -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("this needs systemd-analyze, which this machine does not have")
    done = subprocess.run(
        [program, "verify", "--man=no", UNIT], capture_output=True, text=True, check=False
    )
    ours = [line for line in done.stderr.splitlines() if UNIT.name in line]
    # Neither Docker's unit nor the installed script are on the machine that tests.
    unexpected = [line for line in ours if "docker.service" not in line and "/opt/sifu" not in line]
    assert unexpected == []


def test_the_unit_runs_what_the_hook_installs() -> None:
    assert "ExecStart=/bin/sh /opt/sifu/follow_containers.sh\n" in UNIT.read_text()
    assert "HOST_SIFU_DIR:-/opt/sifu}" in (HOOKS / "lib.sh").read_text()


def test_nothing_but_the_named_programs_is_needed(machine: Machine) -> None:
    bare = machine.folder / "bare"
    bare.mkdir()
    for name in NEEDED:
        found = shutil.which(name)
        assert found, name
        (bare / name).symlink_to(found)
    machine.shell[0] = shutil.which(machine.shell[0]) or ""
    machine.environment |= {"PATH": f"{machine.folder / 'bin'}:{bare}", "HOST_PATH": ""}
    machine.show_containers([container()], "172.17.0.2")
    machine.set_property("DEPLOYMENT_TOKEN", "token")
    (machine.folder / "systemd").mkdir()
    for done in (
        machine.hand_over(),
        machine.clear(),
        machine.point(),
        machine.clear(),
    ):
        assert done.returncode == 0, done.stderr
        assert "not found" not in done.stderr
