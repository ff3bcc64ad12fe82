"""The files of a checkout → the entries of a bundle: places, modes, line ends.

Pure. Promises: the same files and choices give the same entries, whatever the file system says of
modes and line ends.
"""

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from proxy.deploy.bundle.layout import BundleChoices, Entry, find_places

_BINARY = frozenset({".ico", ".png", ".woff2"})
_HOOK_FOLDERS = (".platform/hooks/", ".platform/confighooks/")


def make_entries(files: Mapping[str, bytes], choices: BundleChoices) -> list[Entry]:
    """Return the entries in order of their names; `files`: path in the checkout → bytes."""
    entries = [entry for path in files for entry in _make(path, files[path], choices)]
    return sorted(entries, key=lambda entry: entry.name)


def _make(path: str, data: bytes, choices: BundleChoices) -> Iterator[Entry]:
    if PurePosixPath(path).suffix not in _BINARY:
        # A shell does not find the interpreter of a line that ends in CR.
        data = data.replace(b"\r\n", b"\n")
    for name in find_places(path, choices):
        yield Entry(name, path, _mode(name, data), data)


def _mode(name: str, data: bytes) -> int:
    """Return the unix mode: zips made on Windows, and checkouts there, know none."""
    is_program = name.endswith(".sh") or name.startswith(_HOOK_FOLDERS) or data.startswith(b"#!")
    return 0o755 if is_program else 0o644
