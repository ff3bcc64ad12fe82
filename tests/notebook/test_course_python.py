"""Which Python a course's kernel becomes: what the file says if that can be run, else our own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from proxy.notebook import course_python
from proxy.notebook.course_python import interpreter_of


def run(index: Path, key: str) -> str:
    words = [sys.executable, "-I", "-S", course_python.__file__, str(index), key]
    words += ["-c", "import sys; print(sys.argv[0], sys.executable)"]
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


def test_it_becomes_the_python_of_the_course(tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text('#!/bin/sh\necho "$@"\n')
    python.chmod(0o755)
    index = tmp_path / "index.json"
    index.write_text(json.dumps({"k": str(python)}))
    assert run(index, "k").startswith("-c import sys")
    assert run(index, "other").split() == ["-c", sys.executable]
    python.chmod(0o644)
    if os.geteuid():
        assert interpreter_of(str(index), "k") == ""


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"k": 7}', '{"k": "python"}', '{"k": "/no/such"}', "[" * 100_000]
)
def test_a_damaged_file_is_no_file(tmp_path: Path, text: str) -> None:
    index = tmp_path / "index.json"
    index.write_text(text)
    assert interpreter_of(str(index), "k") == ""
    assert run(index, "k").split() == ["-c", sys.executable]
    assert interpreter_of(str(tmp_path / "none"), "k") == ""
