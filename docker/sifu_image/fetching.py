"""Brings what is private into the build: `python -m sifu_image.fetching CONTEXT TARGET`.

Of the build context it reads `courses.toml` and `requirements/private.txt`, both optional. Leaves
in TARGET: `courses/NAME` (clones) and `courses.json` (what to lay out), `packages/NAME` (sources)
and `packages.txt` (for pip, paths and pinned lines). Promises: both files are checked before
anything is fetched; a failure is a sentence and leaves an exit status, never a token.
"""

import json
import os
import sys
from pathlib import Path

from sifu_image import course_list, requirement_list
from sifu_image.course_list import Course, read_courses
from sifu_image.deployment_token import OLD_NAME_WARNING, find_token
from sifu_image.git import Git
from sifu_image.refusal import Refusal
from sifu_image.requirement_list import Package, Requirements, read_requirements


def main(arguments: list[str]) -> int:
    context, target = (Path(argument) for argument in arguments)
    try:
        fetch(context, target)
    except Refusal as refusal:
        sys.stderr.write(f"\n{refusal}\n")
        return 1
    return 0


def fetch(context: Path, target: Path) -> None:
    """Fetch everything into `target`; raises `Refusal`."""
    courses = read_courses(_text(context / course_list.FILE))
    requirements = read_requirements(_text(context / requirement_list.FILE))
    token = find_token(context)
    if token.old_name:
        _say(OLD_NAME_WARNING)
    git = Git(token, os.environ)  # noqa: TID251 (the build's, not Sifu's settings)
    for folder in ("courses", "packages"):
        (target / folder).mkdir(parents=True)
    for course in courses:
        fetch_course(git, course, target / "courses" / course.name)
    for package in requirements.packages:
        fetch_package(git, package, target / "packages" / package.name)
    write_lists(target, courses, requirements)


def fetch_course(git: Git, course: Course, clone: Path) -> None:
    """Clone a course; raises `Refusal` if the folder to lay out is not in it."""
    _say(f"Cloning {course.name} from {course.address.url}")
    git.clone(course.address, clone, course.branch)
    _check_folder(clone, course.directory, course.address.url)


def fetch_package(git: Git, package: Package, source: Path) -> None:
    """Fetch a package's source; raises `Refusal`."""
    _say(f"Fetching {package.name} from {package.address.url} at {package.revision}")
    git.check_out(package.address, source, package.revision)
    _check_folder(source, package.folder, package.address.url)


def write_lists(target: Path, courses: tuple[Course, ...], requirements: Requirements) -> None:
    """Write down what is where, for the stages that come after."""
    directories = {course.name: course.directory for course in courses}
    (target / "courses.json").write_text(json.dumps(directories, indent=2, sort_keys=True) + "\n")
    places = [target / "packages" / each.name / each.folder for each in requirements.packages]
    lines = [*map(str, places), *requirements.pinned]
    (target / "packages.txt").write_text("".join(f"{line}\n" for line in lines))


def _check_folder(clone: Path, folder: str, url: str) -> None:
    place = (clone / folder).resolve()
    if not place.is_relative_to(clone.resolve()) or not place.is_dir():
        raise Refusal(f"{url} has no folder “{folder}”.")


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError:
        raise Refusal(f"{path.name} is not text in UTF-8.") from None


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
