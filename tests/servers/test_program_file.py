"""What stands in a supervisor file, read back by supervisor's own parser."""

import shlex
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from supervisor.options import UnhosedConfigParser

from proxy.core.errors import InvalidSettings
from proxy.servers.program_file import is_writable, notebook_command, program_text

LOG = Path("/logs/ada.home.log")


def read_back(text: str) -> dict[str, str]:
    parser = UnhosedConfigParser()
    parser.read_string(text)
    return {
        option: parser.saneget("program:ada.home", option)
        for option in parser.options("program:ada.home")
    }


def command_of(folder: Path, environment: dict[str, str]) -> list[str]:
    text = program_text("ada.home", "/usr/bin/python3", folder, LOG, environment)
    return shlex.split(read_back(text)["command"])


def test_the_environment_is_clean_and_the_command_exact() -> None:
    assert command_of(Path("/run/ada.home"), {"PATH": "/usr/bin", "HOME": "/home/ada"}) == [
        "/usr/bin/env",
        "-i",
        "PATH=/usr/bin",
        "HOME=/home/ada",
        "/usr/bin/python3",
        "-m",
        "proxy.notebook",
        "/run/ada.home",
    ]


@given(st.text(st.characters(codec="utf-8"), min_size=1).filter(is_writable))
def test_whatever_can_be_written_is_read_back_the_same(text: str) -> None:
    folder = Path("/run") / f"x{text}x"
    assert command_of(folder, {"HOME": text}) == [
        "/usr/bin/env",
        "-i",
        f"HOME={text}",
        *notebook_command("/usr/bin/python3", folder),
    ]


@pytest.mark.parametrize(
    "text", ["two\nlines", "a ;comment", "a #comment", "\tx", "nul\0", "a\r", "\x85 #"]
)
def test_what_would_be_bent_is_refused(text: str) -> None:
    assert not is_writable(text)
    with pytest.raises(InvalidSettings):
        program_text("ada.home", "/usr/bin/python3", Path("/run") / text, LOG, {"HOME": text})


def test_it_is_never_restarted_behind_our_back() -> None:
    options = read_back(program_text("ada.home", "python", Path("/run"), LOG, {}))
    assert options["autostart"] == options["autorestart"] == "false"
    assert options["stdout_logfile"] == str(LOG)
