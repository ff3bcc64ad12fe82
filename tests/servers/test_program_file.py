"""What stands in a supervisor file, read back by supervisor's own parser."""

import shlex
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from supervisor.options import UnhosedConfigParser

from proxy.core.errors import InvalidSettings
from proxy.servers.program_file import is_writable, program_text, start_command

LOG = Path("/logs/ada.home.log")


def read_back(text: str) -> dict[str, str]:
    parser = UnhosedConfigParser()
    parser.read_string(text)
    return {
        option: parser.saneget("program:ada.home", option)
        for option in parser.options("program:ada.home")
    }


def command_of(command: list[str]) -> list[str]:
    text = program_text("ada.home", command, LOG)
    return shlex.split(read_back(text)["command"])


def test_the_environment_is_empty_and_the_command_exact() -> None:
    request = Path("/run/starts/ada.home.json")
    by_exec = start_command("/usr/bin/python3", request, None)
    assert command_of(by_exec) == [
        "/usr/bin/env",
        "-i",
        "/usr/bin/python3",
        "-I",
        "-m",
        "proxy.notebook.enter",
        "/run/starts/ada.home.json",
    ]
    forked = command_of(start_command("/usr/bin/python3", request, Path("/run/fork.sock")))
    assert forked[2:5] == ["/usr/bin/python3", "-I", "-S"]
    assert Path(forked[5]).is_file()
    assert forked[6:] == ["/run/fork.sock", "/run/starts/ada.home.json"]


@given(st.text(st.characters(codec="utf-8"), min_size=1).filter(is_writable))
def test_whatever_can_be_written_is_read_back_the_same(text: str) -> None:
    assert command_of(["python", f"x{text}x"]) == ["/usr/bin/env", "-i", "python", f"x{text}x"]


@pytest.mark.parametrize(
    "text", ["two\nlines", "a ;comment", "a #comment", "\tx", "nul\0", "a\r", "\x85 #"]
)
def test_what_would_be_bent_is_refused(text: str) -> None:
    assert not is_writable(text)
    with pytest.raises(InvalidSettings):
        program_text("ada.home", ["/usr/bin/python3", text], LOG)


def test_it_is_never_restarted_behind_our_back() -> None:
    options = read_back(program_text("ada.home", ["python"], LOG))
    assert options["autostart"] == options["autorestart"] == "false"
    assert options["stdout_logfile"] == str(LOG)
