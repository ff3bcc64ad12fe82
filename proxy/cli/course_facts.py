"""Facts about courses from repositories, for `sifu doctor`.

Must not: judge (that is `core.course_diagnosis`), or fetch anything.
"""

import shutil
import subprocess

from proxy.core.course_diagnosis import CourseTools
from proxy.core.errors import SifuError
from proxy.core.repository_address import Address, read_address
from proxy.store import courses
from proxy.store.database import Store

_PATIENCE = 10.0


def find_course_tools(store: Store | None) -> CourseTools:
    """Look at the courses that are not put away, and at the programs that fetch them."""
    try:
        listed = [] if store is None else store.read_now(courses.list_all)
    except SifuError:  # what is wrong with the database is said elsewhere
        listed = []
    addresses = [read_address(course.url) for course in listed if course.archived is None]
    return CourseTools(
        courses=len(addresses),
        by_ssh=sum(isinstance(each, Address) and each.scheme == "ssh" for each in addresses),
        git=_git_version(),
        has_ssh=shutil.which("ssh") is not None,
    )


def _git_version() -> str:
    program = shutil.which("git")
    if program is None:
        return ""
    try:
        done = subprocess.run(  # noqa: S603 (git alone)
            [program, "--version"], capture_output=True, text=True, timeout=_PATIENCE, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip()
