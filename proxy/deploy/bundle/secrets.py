"""Does a file look like a secret that must not leave this machine?

Pure. A net with wide meshes: it finds what people leave lying about, not what somebody hides.
"""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from proxy.deploy.configs.problem import Remark

_SECRET_NAME = re.compile(
    r"secret|credential|token|passw(or)?d|private[_-]?key|\.env\b|id_(rsa|ed25519|ecdsa)|\.netrc",
    re.IGNORECASE,
)
_CODE = frozenset({".css", ".html", ".js", ".py", ".sh", ".svg"})
# Each marks a key or token of a kind, in any file.
_MARKS = {
    "a private key": rb"-----BEGIN [A-Z ]*PRIVATE KEY-----",
    "an AWS access key": rb"\b(AKIA|ASIA)[0-9A-Z]{16}\b",
    "a GitHub token": rb"\b(gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{60,})",
    "a GitLab token": rb"\bglpat-[\w-]{20}",
    "a URL with a password": rb"https?://[^\s/:@\"'{}$<>]*:[^\s/:@\"'{}$<>]+@",
}
_PATTERNS = {what: re.compile(expression) for what, expression in _MARKS.items()}


def is_secret_name(path: str) -> bool:
    """Tell whether a file is a secret by its name; code may be about secrets."""
    name = PurePosixPath(path)
    return name.suffix not in _CODE and _SECRET_NAME.search(name.name) is not None


def find_secrets(data: bytes) -> Iterator[Remark]:
    """Yield where a file holds what looks like a secret; its text is not repeated."""
    for what, pattern in _PATTERNS.items():
        if match := pattern.search(data):
            line = data.count(b"\n", 0, match.start()) + 1
            yield Remark(line, f"holds {what}; a bundle may not. Take it out, and replace it.")
