"""Who gets the token: the origin it belongs to, and nobody else."""

import subprocess
import sys
from pathlib import Path

import pytest

from proxy.courses.askpass import USER, answer

ORIGIN = "https://git.example.org:443"


@pytest.fixture
def token(tmp_path: Path) -> str:
    (tmp_path / "token").write_text("secret\n")
    return str(tmp_path / "token")


def test_its_own_origin_gets_user_and_token(token: str) -> None:
    assert answer(token, ORIGIN, "Username for 'https://git.example.org': ") == USER
    assert answer(token, ORIGIN, "Password for 'https://bot@git.example.org': ") == "secret"


@pytest.mark.parametrize(
    "prompt",
    [
        "Password for 'https://x@evil.example': ",
        "Password for 'https://git.example.org.evil.example': ",
        "Password for 'http://git.example.org': ",
        "Password for 'https://git.example.org:8443': ",
        "Password for 'https://git.example.org@evil.example': ",
        "Password: ",
        "",
    ],
)
def test_everybody_else_gets_nothing(token: str, prompt: str) -> None:
    assert answer(token, ORIGIN, prompt) is None


def test_without_a_token_there_is_no_answer() -> None:
    assert answer("", ORIGIN, "Username for 'https://git.example.org': ") is None


def test_as_a_program(token: str) -> None:
    words = [sys.executable, "-I", "-m", "proxy.courses.askpass", token, ORIGIN]
    asked = "Password for 'https://x@git.example.org': "
    done = subprocess.run([*words, asked], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "secret\n")
    done = subprocess.run([*words, "Password for 'https://x@y': "], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "")
