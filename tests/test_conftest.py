"""What holds for every test: where all rings are required, none is skipped without a word."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SKIPPED = """
import pytest

@pytest.mark.skipif(True, reason="there is no such program")
def test_by_mark():
    pass

def test_by_itself():
    pytest.skip("there is no such thing")

def test_that_runs():
    pass
"""


@pytest.mark.parametrize(
    ("required", "status", "told"),
    [("", 0, "1 passed, 2 skipped"), ("1", 1, "1 failed, 1 passed, 1 error")],
)
def test_a_skip_is_a_failure_where_everything_is_required(
    tmp_path: Path, required: str, status: int, told: str
) -> None:
    (tmp_path / "test_skipped.py").write_text(SKIPPED)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.conftest", str(tmp_path)]
    environment = {**os.environ, "REQUIRE_ALL_RINGS": required, "PYTEST_ADDOPTS": ""}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == status, done.stdout
    assert told in done.stdout
    assert ("there is no such program: nothing may be skipped" in done.stdout) is bool(required)
