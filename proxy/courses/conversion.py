"""Puts a notebook beside each text of a version that is one.

Promises: the texts are foreign, so a program that may do nothing else looks at them
(`text_notebooks`), and it is ended after its time; a text that cannot be converted is told and left
as it is; there are at most `MOST_TEXTS` of them. Blocks.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Timer
from typing import Final

from proxy.core.errors import Conflict
from proxy.core.text_notebook import MOST_BYTES, is_text_notebook, notebook_of
from proxy.courses.git_access import local_environment
from proxy.courses.text_notebooks import SECONDS

MOST_TEXTS: Final = 500
_MODULE: Final = "proxy.courses.text_notebooks"
_LONGEST_ANSWER: Final = 64 * 2**20
_PREFIX: Final = 4096


def convert_texts(
    folder: Path, paths: Collection[str], tell: Callable[[str], None], *, seconds: float = SECONDS
) -> list[str]:
    """Convert what is in a folder of ours; return the paths of the new notebooks.

    Raises `Conflict` with a sentence, `OSError`.
    """
    wanted = list(_texts(folder, paths))
    if len(wanted) > MOST_TEXTS:
        raise Conflict(f"There are more than {MOST_TEXTS} texts that are notebooks (jupytext).")
    if not wanted:
        return []
    made = []
    with _converter(seconds) as ask:
        for path, notebook in wanted:
            written, problem = ask(path, (folder / path).read_text())
            if problem:
                tell(f"{path} could not be made a notebook: {problem}")
                continue
            (folder / notebook).write_text(written)
            made.append(notebook)
    tell(f"Made {len(made)} of {len(wanted)} texts notebooks.")
    return made


def _texts(folder: Path, paths: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield each text that says it is a notebook, and what it becomes; of two alike the first."""
    existing = set(paths)
    for path in sorted(paths):
        notebook = notebook_of(path, existing)
        if notebook and _is_one(folder / path, path):
            existing.add(notebook)
            yield path, notebook


def _is_one(file: Path, path: str) -> bool:
    if file.stat().st_size > MOST_BYTES:
        return False
    with file.open("rb") as opened:
        begin = opened.read(_PREFIX)
    if b"jupytext" not in begin:
        return False
    try:
        return is_text_notebook(path, file.read_text())
    except UnicodeDecodeError:
        return False


Ask = Callable[[str, str], tuple[str, str]]


@contextmanager
def _converter(seconds: float) -> Iterator[Ask]:
    process = subprocess.Popen(  # noqa: S603 (our own interpreter and module)
        [sys.executable, "-I", "-m", _MODULE],
        env=local_environment({}),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    timer = Timer(seconds, process.kill)
    timer.start()

    def ask(path: str, text: str) -> tuple[str, str]:
        assert process.stdin is not None  # noqa: S101 (pipes, as asked)
        assert process.stdout is not None  # noqa: S101
        try:
            process.stdin.write(json.dumps([path, text]) + "\n")
            process.stdin.flush()
            notebook, problem = json.loads(process.stdout.readline(_LONGEST_ANSWER))
        except (OSError, ValueError):
            raise Conflict(
                f"{path} could not be made a notebook: it took too long, or too much memory. Take "
                "the key “jupytext” out of its header, or make it smaller."
            ) from None
        return str(notebook), str(problem)

    try:
        with process:
            try:
                yield ask
            finally:
                process.kill()
                # What was not written any more cannot be.
                with suppress(BrokenPipeError):
                    if process.stdin is not None:
                        process.stdin.close()
    finally:
        timer.cancel()
