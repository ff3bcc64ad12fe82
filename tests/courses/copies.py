"""A course and somebody's copy of it on the disk, without the front around."""

from dataclasses import dataclass, field
from pathlib import Path

from proxy.courses.course_pass import Copy, CoursePass, Means
from proxy.courses.delivery import Delivery
from proxy.courses.places import CoursePlaces
from proxy.courses.refusal import refusal_of
from proxy.courses.resetting import Resetting
from proxy.courses.source import Hashes, Source
from proxy.courses.static_folders import StaticFolders
from proxy.courses.told import Told, ToldFiles
from proxy.disk.workspace import Workspace
from tests.conftest import FakeClock

COURSE = "stats"
AT = 1_795_824_000.0  # 2026-11-28


@dataclass
class Desk:
    """Somebody's workspace in `home`, and the course's folder in `source`."""

    folder: Path
    uid: int | None = None
    course: str = COURSE
    clock: FakeClock = field(default_factory=lambda: FakeClock(AT))
    version: str = ""
    static: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.places = CoursePlaces(self.folder / "data", self.folder / "notebooks")
        self.hashes = Hashes()
        self.shared = StaticFolders(self.places, self.hashes)
        self.means = Means(self.hashes, ToldFiles(), self.clock, self.shared.is_ours)
        self.source.mkdir(parents=True, exist_ok=True)
        self.home.mkdir(parents=True, exist_ok=True)

    @property
    def source(self) -> Path:
        return self.folder / "source"

    @property
    def home(self) -> Path:
        return self.folder / "notebooks/ann/home"

    @property
    def mine(self) -> Path:
        return self.home / self.course

    @property
    def manifests(self) -> Path:
        return self.places.manifests("ann", "home")

    @property
    def copy(self) -> Copy:
        return Copy(self.course, Workspace(self.home, self.uid), self.manifests)

    def put(self, path: str, text: str) -> None:
        """The course has this now."""
        (self.source / path).parent.mkdir(parents=True, exist_ok=True)
        (self.source / path).write_text(text)

    def write(self, path: str, text: str) -> None:
        """The student writes this."""
        (self.mine / path).parent.mkdir(parents=True, exist_ok=True)
        (self.mine / path).write_text(text)

    def read(self, path: str) -> str:
        return (self.mine / path).read_text()

    def launch(self, notebook: str = "") -> Delivery:
        """Bring everything, as a launch into this notebook (without its suffix) does."""
        source = Source(self.source, self.version, self.static)
        return run_pass(CoursePass(self.copy, source, self.means), notebook, self)

    def reset(self, path: str) -> str:
        return Resetting(self.copy, self.means).reset_file(
            Source(self.source, self.version, self.static), path
        )

    def clear(self, *, is_own_wish: bool = False) -> str:
        return Resetting(self.copy, self.means).set_aside(is_own_wish=is_own_wish)

    def told(self) -> list[Told]:
        return self.means.told.read(self.manifests, self.course)

    def files(self) -> dict[str, str]:
        """Return every file below the workspace that is no secret of ours, with what is in it."""
        return {
            str(path.relative_to(self.home)): path.read_text()
            for path in sorted(self.home.rglob("*"))
            if path.is_file() and not path.is_symlink()
        }

    def visible(self) -> dict[str, str]:
        return {path: text for path, text in self.files().items() if "/." not in f"/{path}"}


def run_pass(course_pass: CoursePass, notebook: str, desk: Desk) -> Delivery:
    try:
        course_pass.open()
        if notebook:
            course_pass.want(notebook)
        while not course_pass.is_done:
            course_pass.go_on(1.0)
        if course_pass.needs_links:
            source = Source(desk.source, desk.version, desk.static)
            course_pass.finish(desk.shared.provide(desk.course, source))
        else:
            course_pass.finish({})
    finally:
        course_pass.close()
    return course_pass.delivery()


def hand_out(source: Path, home: Path, course: str, notebook: str, uid: int | None) -> Delivery:
    """Bring a course once; what is known of the copy is beside the home."""
    places = CoursePlaces(home.parent / "data", home.parent)
    hashes = Hashes()
    shared = StaticFolders(places, hashes)
    means = Means(hashes, ToldFiles(), FakeClock(AT), shared.is_ours)
    copy = Copy(course, Workspace(home, uid), places.manifests("ann", home.name))
    course_pass = CoursePass(copy, Source(source), means)
    try:
        course_pass.open()
        course_pass.want(notebook.removesuffix(".ipynb")) if notebook else None
        while not course_pass.is_done:
            course_pass.go_on(1.0)
        course_pass.finish({})
    except OSError as problem:
        raise refusal_of(problem, str(home)) from problem
    finally:
        course_pass.close()
    return course_pass.delivery()
