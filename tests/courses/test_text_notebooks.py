"""The program that converts: it may do nothing else, and one text gives one notebook."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from proxy.courses.text_notebooks import convert

MD = """\
---
jupyter:
  jupytext:
    text_representation:
      extension: .md
  kernelspec:
    display_name: Python
    language: python
    name: python3
---

# A

```python
1
```
"""
_TRY = """
import os, sys
from proxy.courses.text_notebooks import confine
confine()
tried = []
for name, act in (
    ("write", lambda: os.write(os.open("/tmp/sifu-never", os.O_CREAT | os.O_WRONLY), b"x")),
    ("fork", os.fork),
    ("memory", lambda: bytearray(3 * 2**30)),
    ("root", lambda: os.setuid(0) if os.geteuid() else None),
):
    try:
        act()
        tried.append(name)
    except (OSError, MemoryError):
        pass
print(os.geteuid(), tried, os.getgroups())
"""


def test_ids_of_cells_are_by_what_is_in_them() -> None:
    twice = MD + "\n```python\n1\n```\n"
    first, second = json.loads(convert("a.md", MD)), json.loads(convert("a.md", twice))
    assert [cell["id"] for cell in first["cells"]] == [cell["id"] for cell in second["cells"][:2]]
    assert len({cell["id"] for cell in second["cells"]}) == 3
    assert convert("a.md", MD) == convert("a.md", MD)


def test_a_kernel_that_is_named_stays() -> None:
    text = MD.replace("name: python3", "name: ir")
    assert json.loads(convert("a.md", text))["metadata"]["kernelspec"]["name"] == "ir"


def test_lines_in_lines_out_and_a_bad_one_stops_nobody() -> None:
    lines = [["a.md", MD], ["b.md", "---\njupytext: [\n---\n"], ["c.md", MD]]
    done = subprocess.run(
        [sys.executable, "-I", "-m", "proxy.courses.text_notebooks"],
        input="".join(json.dumps(line) + "\n" for line in lines),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == 3
    assert answers[0] == answers[2]
    assert answers[0][1] == ""
    assert bool(answers[1][0]) != bool(answers[1][1])


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has something to give up")
def test_it_may_neither_write_nor_start_anything() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _TRY], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == "65534 [] []\n"
    Path("/tmp/sifu-never").unlink(missing_ok=True)
