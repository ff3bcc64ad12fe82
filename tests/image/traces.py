"""Looks for a token: in files, in the memory of the process table, in every form it may have."""

import base64
import subprocess
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import IO
from urllib.parse import quote

_PIECE = 1 << 20
_VANISHED = "No such file or directory"


def forms_of(token: str, *users: str) -> list[str]:
    """The token as it stands, in a URL, and in a header, for each user."""
    names = ("x-access-token", *users)
    pairs = [base64.b64encode(f"{name}:{token}".encode()).decode() for name in names]
    return [token, quote(token, safe=""), *pairs]


def processes_that_show(token: str, ours: Iterable[int] = ()) -> list[str]:
    """Return a line for each process that shows it to others; those of `ours` do not count."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        if int(folder.name) in ours:
            continue
        for name in ("cmdline", "environ"):
            with suppress(OSError):
                content = (folder / name).read_bytes()
                if any(form.encode() in content for form in forms_of(token)):
                    found.append(f"{folder.name} {name} {(folder / 'comm').read_text().strip()}")
    return found


def everywhere_in(folder: Path, token: str) -> list[str]:
    """Return the files below a folder that hold it, by their path in there."""
    options = ["--recursive", "--files-with-matches", "--text", "--fixed-strings"]
    # What is called `netns` there are namespaces, not files.
    done = subprocess.run(
        ["grep", *options, "--devices=skip", "--exclude-dir=netns", "--file=-", "."],
        cwd=folder,
        input="\n".join(forms_of(token)),
        capture_output=True,
        text=True,
        check=False,
    )
    # An engine at work clears away behind itself.
    unread = [line for line in done.stderr.splitlines() if not line.endswith(_VANISHED)]
    assert not unread, f"grep could not look everywhere: {unread[:3]}"
    return sorted(done.stdout.splitlines())


def in_stream(stream: IO[bytes], token: str) -> tuple[int, list[str]]:
    """Read a stream to its end; return its length and the forms that were in it."""
    wanted = forms_of(token)
    longest = max(map(len, wanted))
    length, kept, found = 0, b"", set[str]()
    while piece := stream.read(_PIECE):
        length += len(piece)
        window = kept + piece
        found |= {form for form in wanted if form.encode() in window}
        kept = window[-longest:]
    return length, sorted(found)
