"""The process that renders, as it is: what it may do, and how it ends."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from proxy.courses.rendering_child import Status
from tests.courses.notebooks import code, honest, notebook, printed

UID = 65_533
HEAD = json.dumps({"title": "A title", "facts": "", "foot": ""}).encode()


def run(*words: str, given: bytes, program: str = "") -> "subprocess.CompletedProcess[bytes]":
    how = ["-c", program] if program else ["-m", "proxy.courses.rendering_child"]
    return subprocess.run(
        [sys.executable, "-I", *how, *words],
        input=given,
        capture_output=True,
        timeout=60,
        check=False,
        env={"HOME": "/nonexistent"},
        cwd="/",
    )


def test_a_notebook_comes_out_as_a_page():
    done = run(given=HEAD + b"\n" + honest())
    assert (done.returncode, done.stderr) == (Status.MADE, b"")
    assert done.stdout.startswith(b"<!DOCTYPE html>")


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"[]", b"null", b"\xff\xfe", b"{" * 100_000, b"[" * 100_000, b'{"nbformat": 4}'],
    ids=["empty", "object", "list", "null", "bytes", "braces", "brackets", "no-cells"],
)
def test_what_is_no_notebook_is_told_from_a_fault_and_not_repeated(content):
    done = run(given=HEAD + b"\n" + content)
    assert done.returncode == Status.NO_NOTEBOOK
    assert len(done.stderr) < 60
    assert done.stdout == b""


@pytest.mark.parametrize(("limit", "value"), [("MOST_PAGE_BYTES", 10**5), ("_MOST_MEMORY", 160)])
def test_a_page_that_is_too_large_is_none(limit, value):
    """With smaller limits than ours, for twenty megabytes take their time."""
    program = f"""
import os, sys
import proxy.courses.rendering_child as child
child.{limit} = {value} if {value} > 1000 else {value} * 2**20
os._exit(child.main(sys.argv[1:]))
"""
    content = notebook(code("x", printed("<" * (10**7 if limit == "_MOST_MEMORY" else 10**5))))
    done = run(given=HEAD + b"\n" + content, program=program)
    assert done.returncode == Status.TOO_MUCH, done.stderr
    assert done.stdout == b""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has rights to lose")
def test_what_somebody_wrote_is_read_by_an_account_that_owns_nothing(tmp_path: Path):
    """The notebook is replaced by a program's eyes: what may the process do when it reads it?"""
    secret = tmp_path / "secret"
    secret.write_text("s")
    secret.chmod(0o600)
    program = f"""
import os, sys
import proxy.courses.notebook_page as page
def make(self, notebook, words):
    if not notebook.startswith("look"):
        return ""
    tried = []
    for work in (lambda: open({str(secret)!r}).read(), os.fork, lambda: os.setuid(0)):
        try:
            work()
            tried.append("could")
        except OSError:
            tried.append("refused")
    return f"{{os.getuid()}} {{os.getgid()}} {{os.getgroups()}} {{tried}}"
page.PageMaker.make = make
from proxy.courses.rendering_child import main
status = main(sys.argv[1:])
sys.stdout.flush()
os._exit(status)
"""
    done = run(str(UID), given=b"{}\nlook", program=program)
    assert done.stdout.decode() == f"{UID} {UID} [] ['refused', 'refused', 'refused']", done.stderr
