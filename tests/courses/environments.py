"""A course with versions on the disk, wheels made here, and the environments of a front."""

import base64
import hashlib
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

from proxy.core.course import Course, Outline
from proxy.courses.environments import Environments
from proxy.courses.places import CoursePlaces
from proxy.courses.workshop import Workshop
from proxy.store import courses
from proxy.store.database import Store
from tests.conftest import FakeClock

_WHEEL = "Wheel-Version: 1.0\nGenerator: t\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
OFFLINE = "--no-index\n--find-links ./wheels\n"


def make_wheel(
    folder: Path, name: str, version: str = "1.0", code: str = "", needs: str = ""
) -> str:
    """Make a wheel of one module as PEP 427 has it; return its file's name."""
    folder.mkdir(parents=True, exist_ok=True)
    info = f"{name}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    if needs:
        metadata += f"Requires-Dist: {needs}\n"
    files = {
        f"{name}.py": code or f"VERSION = {version!r}\n",
        f"{info}/METADATA": metadata,
        f"{info}/WHEEL": _WHEEL,
    }
    record = "".join(f"{path},sha256={_digest(text)},{len(text)}\n" for path, text in files.items())
    path = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for each, text in {**files, f"{info}/RECORD": f"{record}{info}/RECORD,,\n"}.items():
            archive.writestr(each, text)
    return path.name


def _digest(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


@dataclass
class Ground:
    """One installation, its course “stats”, and what its builds said."""

    folder: Path
    store: Store
    clock: FakeClock = field(default_factory=FakeClock)
    workshop: Workshop = field(default_factory=lambda: Workshop(sys.executable))
    lines: list[str] = field(default_factory=list)
    data: str = "data"
    numbers: "count[int]" = field(default_factory=lambda: count(1))

    @property
    def places(self) -> CoursePlaces:
        return CoursePlaces(self.folder / self.data, self.folder / "notebooks")

    @property
    def top(self) -> Path:
        return self.places.reachable / "environments"

    def environments(self, **changes: object) -> Environments:
        workshop = replace(self.workshop, **changes)  # type: ignore[arg-type]
        return Environments(self.places, self.store, self.clock, workshop, self._random)

    def _random(self, size: int) -> str:
        return next(self.numbers).to_bytes(size, "big").hex()

    def log(self, line: str) -> None:
        self.lines.append(line)

    async def add(self, name: str = "stats") -> None:
        await self.store.write(courses.add, Course(name, "https://git.example.org/x", 1.0))

    async def serve(
        self,
        version: str,
        files: Mapping[str, str],
        *,
        name: str = "stats",
        wheels: Mapping[str, str] | None = None,
        outline: Outline | None = None,
    ) -> Course:
        """Make a version of these files, and wheels (name → code), the one that is served."""
        place = self.places.version(name, version)
        for path, text in files.items():
            (place / path).parent.mkdir(parents=True, exist_ok=True)
            (place / path).write_text(text)
        for each, code in (wheels or {}).items():
            make_wheel(place / "wheels", each, code=code)
        course = await self.course(name)
        served = replace(course, version=version, outline=outline or Outline())
        await self.store.write(courses.put, served)
        return served

    async def course(self, name: str = "stats") -> Course:
        found = await self.store.read(courses.find, name)
        assert found is not None
        return found

    def python(self, environment: str) -> str:
        return str(self.top / environment / "venv/bin/python")


def make_source(folder: Path, name: str, code: str) -> None:
    """Make a package whose build runs `code`: it needs nothing but Python (PEP 517, in-tree)."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    )
    helper = Path(__file__).read_text().partition("@dataclass")[0]
    keeps = ("from proxy", "from tests")
    kept = "\n".join(line for line in helper.splitlines() if not line.startswith(keeps))
    (folder / "backend.py").write_text(
        f"{kept}\n\ndef build_wheel(place, config_settings=None, metadata_directory=None):\n"
        f"    exec({code!r}, {{}})\n    return make_wheel(Path(place), {name!r})\n"
    )
