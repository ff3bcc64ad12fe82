"""Makes notebooks of texts (jupytext), as a program of its own that may do nothing else.

Run as `python -I -m proxy.courses.text_notebooks`: a line of JSON in (`[path, text]`), a line of
JSON out (`[notebook, problem]`, one of them empty), until the input ends. Promises: before the
first line is read it is nobody (if it was root), may write no file and start no program, and has
its share of memory and time; the same text gives the same bytes.
"""

import json
import os
import resource
import sys
import warnings
from hashlib import sha256
from pathlib import PurePosixPath
from typing import Any, Final, TextIO

from proxy.core.text_notebook import MOST_BYTES

SECONDS: Final = 120
_MEMORY: Final = 2 * 2**30
_NOBODY: Final = 65_534
_ID_LENGTH: Final = 12
_PYTHON: Final = {"display_name": "Python 3", "language": "python", "name": "python3"}
_MYST: Final = """\
---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
---

# A

```{code-cell}
1
```
"""
_SAMPLES: Final = (
    ("a.md", "---\njupytext:\n  text_representation:\n    extension: .md\n---\n\nA\n"),
    ("a.py", "# ---\n# jupyter:\n#   jupytext: {}\n# ---\n\n# %% [markdown]\n# A\n\n# %%\n1\n"),
    ("a.md", _MYST),
)


def convert(path: str, text: str) -> str:
    """Return the notebook as it is written; raises whatever jupytext raises."""
    import jupytext  # late: whoever asks for the names above need not load it
    import nbformat

    notebook: Any = jupytext.reads(text, fmt=PurePosixPath(path).suffix)
    notebook.metadata.pop("jupytext", None)
    kernel = notebook.metadata.get("kernelspec")
    if not isinstance(kernel, dict) or not kernel.get("name"):
        notebook.metadata["kernelspec"] = dict(_PYTHON)
    # `id` of cells is of 4.5.
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    _name_cells(notebook.cells)
    nbformat.validate(notebook)
    written = json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False)
    return f"{written}\n"


def _name_cells(cells: list[Any]) -> None:
    """Give each an id by what is in it: jupytext's are random."""
    taken: dict[str, int] = {}
    for cell in cells:
        content = f"{cell.cell_type}\0{cell.source}"
        number = taken[content] = taken.get(content, 0) + 1
        cell["id"] = sha256(f"{content}\0{number}".encode()).hexdigest()[:_ID_LENGTH]


def confine() -> None:
    """Give up everything that converting does not need."""
    for limit, most in (
        (resource.RLIMIT_AS, _MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
    ):
        resource.setrlimit(limit, (most, most))
    if os.geteuid() == 0:
        os.setgroups([])
        os.setresgid(_NOBODY, _NOBODY, _NOBODY)
        os.setresuid(_NOBODY, _NOBODY, _NOBODY)
    os.chdir("/")
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))


def serve(lines: TextIO, answers: TextIO) -> None:
    """Answer each line."""
    for line in lines:
        path, text = json.loads(line)
        notebook, problem = "", ""
        try:
            notebook = convert(path, text)
            if len(notebook) > 8 * MOST_BYTES:
                notebook, problem = "", "it becomes too large"
        except Exception as refusal:  # whatever a text can make jupytext do
            problem = f"{type(refusal).__name__}: {refusal}"[:500]
        answers.write(json.dumps([notebook, problem]) + "\n")
        answers.flush()


def main() -> None:
    warnings.simplefilter("ignore")
    # Everything is loaded now: nobody may read where it lies.
    for path, text in _SAMPLES:
        convert(path, text)
    confine()
    serve(sys.stdin, sys.stdout)


if __name__ == "__main__":
    main()
