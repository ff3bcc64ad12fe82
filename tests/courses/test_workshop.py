"""One program of a build: its time, its output, its end."""

import sys
import time
from pathlib import Path

import pytest

from proxy.courses.build_failure import BuildFailed
from proxy.courses.workshop import MARK, Bench, Workshop


def bench(folder: Path, lines: list[str], **changes: object) -> Bench:
    for name in ("home", "tmp"):
        (folder / "build" / name).mkdir(parents=True, exist_ok=True)
    workshop = Workshop(sys.executable, **changes)  # type: ignore[arg-type]
    return Bench(workshop, folder, lines.append, lambda: False)


def run(folder: Path, code: str, **changes: object) -> list[str]:
    lines: list[str] = []
    bench(folder, lines, **changes).run([sys.executable, "-c", code], folder)
    return lines


def test_its_lines_are_handed_on_also_one_without_an_end(tmp_path: Path) -> None:
    code = "import os; print('one\\rtwo'); print('é'); print(os.getcwd(), end='')"
    assert run(tmp_path, code) == ["one", "two", "é", str(tmp_path)]


def test_a_program_that_closes_its_output_and_goes_on_is_waited_for(tmp_path: Path) -> None:
    began = time.monotonic()
    code = "import os, time; os.close(1); os.close(2); time.sleep(1); open('done', 'w')"
    run(tmp_path, code)
    assert (tmp_path / "done").exists()
    assert 1 <= time.monotonic() - began < 30


def test_whoever_holds_its_output_keeps_nobody_waiting(tmp_path: Path) -> None:
    began = time.monotonic()
    code = (
        "import subprocess, sys\n"
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'],\n"
        "    start_new_session=True)"
    )
    run(tmp_path, code)
    assert time.monotonic() - began < 30


@pytest.mark.parametrize(
    ("code", "changes", "told"),
    [
        ("raise SystemExit(3)", {}, "end of the log"),
        ("import os; os.kill(os.getpid(), 11)", {}, "signal 11"),
        ("import time; time.sleep(600)", {"seconds": 1.0}, "minutes"),
        ("import time; time.sleep(600)", {"reserved": 1 << 60}, "nearly full"),
    ],
)
def test_a_bad_end_is_told(
    tmp_path: Path, code: str, changes: dict[str, object], told: str
) -> None:
    began = time.monotonic()
    with pytest.raises(BuildFailed, match=told):
        run(tmp_path, code, **changes)
    assert time.monotonic() - began < 30


def test_it_knows_where_it_belongs(tmp_path: Path) -> None:
    code = f"import os; print(os.environ[{MARK!r}], os.environ['HOME'])"
    assert run(tmp_path, code) == [f"{tmp_path} {tmp_path}/build/home"]
