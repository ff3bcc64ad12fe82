"""Where the files of courses lie. Path arithmetic only: nothing here touches the disk.

What nobody but us may read is below `SIFU_DATA`; what people's notebooks must reach (folders that a
course shares read-only, its environment) is below `SIFU_NOTEBOOKS/.courses`, a folder that others
pass through and cannot list.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from proxy.core.course import Course

SHARED_FOLDER: Final = ".courses"
# What was cloned when the image was built (docs/docker.md).
IMAGE: Final = Path("/opt/sifu/courses")


@dataclass(frozen=True, slots=True)
class CoursePlaces:
    """`data` is `SIFU_DATA`, `notebooks` is `SIFU_NOTEBOOKS`."""

    data: Path
    notebooks: Path
    image: Path = IMAGE

    @property
    def by_hand(self) -> Path:
        """Holds courses without a repository: whoever runs this put them there."""
        return self.data / "courses"

    def placed_by_hand(self, name: str) -> Path:
        return self.by_hand / name

    def repository(self, name: str) -> Path:
        """The bare clone."""
        return self.data / "course-repositories" / name

    def versions(self, name: str) -> Path:
        """Holds a folder for each commit that is kept; one that is there is whole."""
        return self.data / "course-versions" / name

    def version(self, name: str, commit: str) -> Path:
        return self.versions(name) / commit

    def secrets(self, name: str) -> Path:
        """Token, deploy key, secret of the webhook: a file each, 0600."""
        return self.data / "course-secrets" / name

    def log(self, name: str, job: int) -> Path:
        """What a job wrote."""
        return self.data / "course-logs" / name / f"{job}.log"

    def manifests(self, owner: str, workspace: str) -> Path:
        """Holds for each course what somebody was given last."""
        return self.data / "course-manifests" / owner / workspace

    def exports(self, name: str) -> Path:
        return self.data / "course-exports" / name

    @property
    def snapshots(self) -> Path:
        return self.data / "snapshots"

    @property
    def reachable(self) -> Path:
        return self.notebooks / SHARED_FOLDER

    def source(self, name: str, course: Course | None) -> Path | None:
        """Return the folder whose files people get; None for one whose first version is to come."""
        if course is None:
            return self.placed_by_hand(name)
        return self.version(name, course.version) if course.version else None
