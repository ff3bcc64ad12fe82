"""What of a repository's commit becomes a course: which of its files, and whether it is too much.

Rules. (1) Plain files alone: a link could lead anywhere once it is copied, a submodule is another
repository. (2) What no disk or address could hold under that name, what is git's own (`.git` in any
spelling) and what would lead out of the folder is passed over. (3) What is passed over is told, and
is no reason to refuse the rest. (4) More than the bounds is refused as a whole, before a byte of
it is written.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from proxy.core.portal_link import is_path
from proxy.core.sizes import say_bytes

MOST_FILES: Final = 20_000
MOST_FILE_BYTES: Final = 512 * 2**20
MOST_BYTES: Final = 2 * 2**30
MOST_DEPTH: Final = 32
LFS_MARK: Final = b"version https://git-lfs.github.com/spec/"
LFS_MOST: Final = 1024
_MOST_NAME: Final = 200  # bytes; file systems allow 255, the rest is for what is put behind it
_MOST_TOLD: Final = 20
_PLAIN: Final = frozenset({"100644", "100664"})
_PROGRAM: Final = "100755"
_LINK: Final = "120000"
_SUBMODULE: Final = "160000"
# Characters that HFS+ ignores in names, by which a `.git` may be spelled.
_IGNORED: Final = dict.fromkeys([*range(0x200C, 0x2010), *range(0x202A, 0x202F), 0xFEFF])


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """A line of git's list; `path` is below the course, as bytes; `size` None for no file."""

    mode: str
    key: str
    size: int | None
    path: bytes


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """A file to write; `key` is what git calls its content."""

    path: str
    key: str
    size: int
    is_program: bool


@dataclass(frozen=True, slots=True)
class TreePlan:
    """What is written, by path, and what people are told of what is not."""

    files: tuple[PlannedFile, ...]
    notes: tuple[str, ...]


def plan_tree(entries: Iterable[TreeEntry]) -> TreePlan | str:
    """Return what to write, or a sentence that says why it is too much."""
    plan = _Plan()
    for entry in entries:
        plan.take(entry)
        if refusal := plan.refusal():
            return refusal
    return plan.finish()


class _Plan:
    def __init__(self) -> None:
        self._files: dict[str, PlannedFile] = {}
        self._folders: set[str] = set()
        self._bytes = 0
        self._largest: PlannedFile | None = None
        self._passed_over: dict[str, list[str]] = {}

    def take(self, entry: TreeEntry) -> None:
        path = _text(entry.path)
        if reason := self._reason_against(entry, path):
            self._passed_over.setdefault(reason, []).append(_shown(entry.path))
            return
        size = entry.size or 0
        file = PlannedFile(path, entry.key, size, is_program=entry.mode == _PROGRAM)
        self._files[path] = file
        self._folders.update(_folders_of(path))
        self._bytes += size
        if self._largest is None or size > self._largest.size:
            self._largest = file

    def _reason_against(self, entry: TreeEntry, path: str) -> str:
        if entry.mode == _LINK:
            return "is a link"
        if entry.mode == _SUBMODULE:
            return "is a submodule, another repository"
        if entry.mode != _PROGRAM and entry.mode not in _PLAIN:
            return "is no plain file"
        if not is_storable(path):
            return "has a name that a course cannot have"
        is_in_the_way = path in self._files or path in self._folders
        if is_in_the_way or not self._files.keys().isdisjoint(_folders_of(path)):
            return "is there twice"
        return ""

    def refusal(self) -> str:
        if len(self._files) > MOST_FILES:
            return (
                f"The repository has more than {MOST_FILES:,} files. Name the directory with the "
                "notebooks, or leave out what students do not need."
            )
        largest = self._largest
        if largest is not None and largest.size > MOST_FILE_BYTES:
            return (
                f"The file {largest.path} has {say_bytes(largest.size)}, and a file may have "
                f"{say_bytes(MOST_FILE_BYTES)} at most. Let the notebook fetch it from elsewhere."
            )
        if self._bytes > MOST_BYTES:
            return (
                f"The files have more than {say_bytes(MOST_BYTES)} together. Name the directory "
                "with the notebooks, or leave out what students do not need."
            )
        return ""

    def finish(self) -> TreePlan:
        notes = []
        for reason, paths in self._passed_over.items():
            notes += [f"Passed over: {path} {reason}." for path in paths[:_MOST_TOLD]]
            if len(paths) > _MOST_TOLD:
                notes.append(
                    f"Passed over: {len(paths) - _MOST_TOLD} more, of which each {reason}."
                )
        return TreePlan(tuple(self._files[path] for path in sorted(self._files)), tuple(notes))


def is_storable(path: str) -> bool:
    """May a file of a course be there?"""
    steps = path.split("/")
    return (
        is_path(path)
        and len(steps) <= MOST_DEPTH
        and all(len(step.encode()) <= _MOST_NAME for step in steps)
        and not any(_is_gits(step) for step in steps)
    )


def is_large_file_pointer(content: bytes) -> bool:
    """Is it what Git LFS leaves where a large file should be?"""
    return len(content) <= LFS_MOST and content.startswith(LFS_MARK)


def read_listing(listed: bytes) -> list[TreeEntry]:
    """Read what `git ls-tree -r -z -l` says; raises `ValueError` for anything else."""
    return [_entry(line) for line in listed.split(b"\0") if line]


def _entry(line: bytes) -> TreeEntry:
    head, tab, path = line.partition(b"\t")
    mode, _kind, key, size = head.decode("ascii").split()
    if not tab:
        raise ValueError(line)
    return TreeEntry(mode, key, int(size) if size.isdigit() else None, path)


def _is_gits(step: str) -> bool:
    plain = step.translate(_IGNORED).rstrip(". ").casefold()
    return plain.partition(":")[0] in {".git", "git~1"}


def _folders_of(path: str) -> Sequence[str]:
    steps = path.split("/")
    return ["/".join(steps[:number]) for number in range(1, len(steps))]


def _text(path: bytes) -> str:
    """Return it as text; what is none becomes a name that nothing can have."""
    try:
        return path.decode()
    except UnicodeDecodeError:
        return ""


def _shown(path: bytes) -> str:
    text = path[:300].decode(errors="replace")
    return "".join(char if char.isprintable() else "·" for char in text)
