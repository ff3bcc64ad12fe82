"""Students, teachers, launches, resets and deaths in any order: nothing somebody wrote is gone.

What a student wrote may only be gone if that student overwrote or deleted it. Launches are killed
at any line of ours, or a student does something between two lines of one.
"""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from tempfile import mkdtemp
from types import FrameType
from typing import IO, Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from proxy.core.errors import SifuError
from proxy.courses import course_pass, file_delivery, replacing, resetting
from tests.courses.copies import Desk

ROOT = str(Path(course_pass.__file__).parent.parent)
OURS = (f"{ROOT}/courses/", f"{ROOT}/disk/")
PATHS = ("a.ipynb", "b.ipynb", "w/a.ipynb", "w/b.csv", "w", "v/w/a.ipynb")
paths = st.sampled_from(PATHS)
steps = st.integers(1, 1500)
KILLED = 9


@contextmanager
def at_step(number: int, do: Callable[[], object]) -> Iterator[None]:
    """Do it before the so many-th line of ours that is run."""
    left = number

    def look(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal left
        if not frame.f_code.co_filename.startswith(OURS):
            return None
        if event == "line" and left > 0:
            left -= 1
            if not left:
                do()
        return look

    before = sys.gettrace()
    sys.settrace(look)
    try:
        yield
    finally:
        sys.settrace(before)


class Copies(RuleBasedStateMachine):
    """`alive` is what the student wrote and neither overwrote nor deleted."""

    @initialize()
    def begin(self) -> None:
        self.folder = Path(mkdtemp(prefix="copies-"))
        self.desk = Desk(self.folder)
        self.outside = self.folder / "outside"
        self.outside.mkdir()
        self.alive: set[str] = set()
        self.numbers = count()
        self.open: list[IO[str]] = []
        self.version()
        self.upstream("a.ipynb")
        self.upstream("w/a.ipynb")

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            self.end_well()
            shutil.rmtree(self.folder)

    # What a student does.

    def own(self, path: str) -> Path:
        """Return where it is; what is behind a link of theirs is not in the workspace."""
        place = self.desk.mine / path
        if any(each.is_symlink() for each in (place, *place.parents)):
            raise FileNotFoundError
        return place

    @rule(path=paths)
    def write(self, path: str) -> None:
        with suppress(OSError):
            self.own(path)
            self.lose(self.desk.mine / path)
            (self.desk.mine / path).parent.mkdir(parents=True, exist_ok=True)
            (self.desk.mine / path).touch()
            self.fill((self.desk.mine / path).open("r+"))

    @rule(path=paths)
    def begin_save(self, path: str) -> None:
        """As JupyterLab does: truncate, then write in place."""
        if self.open:
            return
        with suppress(OSError):
            self.own(path)
            self.lose(self.desk.mine / path)
            (self.desk.mine / path).touch()
            self.open.append((self.desk.mine / path).open("r+"))
            self.open[0].truncate()

    @rule()
    def end_save(self) -> None:
        if self.open:
            self.fill(self.open.pop(0))

    @rule(path=paths)
    def delete(self, path: str) -> None:
        with suppress(OSError):
            self.own(str(Path(path).parent))
            self.lose(self.desk.mine / path)
            (self.desk.mine / path).unlink()

    @rule(path=paths, other=paths)
    def rename(self, path: str, other: str) -> None:
        with suppress(OSError):
            self.own(str(Path(path).parent))
            self.own(str(Path(other).parent))
            if (self.desk.mine / other).is_file():
                self.lose(self.desk.mine / other)
            (self.desk.mine / path).rename(self.desk.mine / other)

    @rule(path=paths, is_link=st.booleans())
    def put_something_else(self, path: str, is_link: bool) -> None:
        with suppress(OSError):
            self.own(str(Path(path).parent))
            self.delete(path)
            if is_link:
                (self.desk.mine / path).symlink_to(self.outside)
            else:
                (self.desk.mine / path).mkdir()
                self.write(f"{path}/mine.txt")

    @rule()
    def delete_folder(self) -> None:
        with suppress(OSError):
            for path in list(self.own("w").rglob("*")):
                self.lose(path)
            shutil.rmtree(self.desk.mine / "w")

    # What the teacher does.

    @rule(path=paths)
    def upstream(self, path: str) -> None:
        target = self.desk.source / path
        for above in [*target.parents][:2]:
            if above != self.desk.source and above.is_file():
                above.unlink()
        if target.is_dir():
            shutil.rmtree(target)
        self.desk.put(path, f"course {next(self.numbers)}")
        self.version()

    @rule(path=paths)
    def upstream_removes(self, path: str) -> None:
        with suppress(OSError):
            (self.desk.source / path).unlink()
        self.version()

    def version(self) -> None:
        self.desk.version = f"v{next(self.numbers)}"

    # What we do.

    @rule(path=st.sampled_from(["", "a", "w/a", "v/w/a"]))
    def launch(self, path: str) -> None:
        self.desk.launch(path)

    @rule(path=paths)
    def reset(self, path: str) -> None:
        with suppress(SifuError, IsADirectoryError):
            self.desk.reset(path)

    @rule(is_own_wish=st.booleans())
    def clear(self, is_own_wish: bool) -> None:
        self.desk.clear(is_own_wish=is_own_wish)

    @rule(seconds=st.sampled_from([1.0, 700.0]))
    def wait(self, seconds: float) -> None:
        self.desk.clock.advance(seconds)

    @rule(step=steps, act=st.sampled_from(["launch", "reset", "clear"]), path=paths)
    def be_killed(self, step: int, act: str, path: str) -> None:
        child = os.fork()
        if child == 0:
            status = 1
            try:
                with at_step(step, lambda: os._exit(KILLED)):
                    self.act(act, path)
                status = 0
            finally:
                os._exit(status)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        assert status in {0, KILLED}

    @rule(
        step=steps,
        act=st.sampled_from(["launch", "launch", "reset", "clear"]),
        path=paths,
        other=st.sampled_from(["write", "begin_save", "end_save", "delete", "rename"]),
    )
    def be_interrupted(self, step: int, act: str, path: str, other: str) -> None:
        """The student does something between two lines of ours, and then goes on."""

        def interrupt() -> None:
            if other == "end_save":
                self.end_save()
            elif other == "rename":
                self.rename(path, "moved.txt")
            else:
                getattr(self, other)(path)

        with at_step(step, interrupt):
            self.act(act, path)

    @rule(
        step=st.integers(1, 500),
        path=st.sampled_from(["a.ipynb", "w/a.ipynb"]),
        other=st.sampled_from(["write", "begin_save", "delete", "put_something_else"]),
    )
    def be_interrupted_at_an_update(self, step: int, path: str, other: str) -> None:
        """The same where it matters most: at the file that is replaced just then."""
        self.desk.launch(path.removesuffix(".ipynb"))
        self.upstream(path)

        def interrupt() -> None:
            if other == "put_something_else":
                self.put_something_else(path, is_link=False)
            else:
                getattr(self, other)(path)

        with at_step(step, interrupt):
            self.launch(path.removesuffix(".ipynb"))

    def act(self, act: str, path: str) -> None:
        if act == "launch":
            self.launch(path.removesuffix(".ipynb"))
        elif act == "reset":
            self.reset(path)
        else:
            self.clear(is_own_wish=True)

    # What holds.

    @invariant()
    def nothing_is_lost(self) -> None:
        if hasattr(self, "desk"):
            lost = self.alive - set(self.desk.files().values())
            assert not lost, (lost, self.desk.files())
            assert not list(self.outside.iterdir()), "a link was followed"

    def end_well(self) -> None:
        """In the end all is visible, and nothing of ours is left."""
        while self.open:
            self.end_save()
        self.version()
        for _ in range(2):
            self.desk.clock.advance(1000)
            self.desk.launch()
        assert not self.alive - set(self.desk.visible().values()), self.desk.files()

    def lose(self, path: Path) -> None:
        """The student is about to overwrite or delete what is there."""
        with suppress(OSError):
            if path.is_file() and not path.is_symlink():
                self.alive.discard(path.read_text())

    def fill(self, file: IO[str]) -> None:
        content = f"student {next(self.numbers)}"
        is_there = os.fstat(file.fileno()).st_nlink > 0
        with file:
            self.alive.discard(file.read())
            file.seek(0)
            file.truncate()
            file.write(content)
        if is_there:
            self.alive.add(content)


def test_no_byte_that_a_student_wrote_is_ever_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name in (
        (replacing, "PATIENCE"),
        (file_delivery, "_SAVE_SECONDS"),
        (resetting, "PATIENCE"),
    ):
        monkeypatch.setattr(module, name, 0.0)
    run_state_machine_as_test(
        Copies,
        settings=settings(
            max_examples=int(os.environ.get("MODEL_EXAMPLES", "40")),
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            # Each step asks the disk: what fails is looked at as it is.
            phases=(Phase.generate,),
        ),
    )
