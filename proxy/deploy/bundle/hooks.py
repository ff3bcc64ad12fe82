"""Will Beanstalk find the bundle's hooks, and can it run them?

https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/platforms-linux-extend.hooks.html
Pure.
"""

import re
from collections.abc import Iterable, Iterator

from proxy.deploy.bundle.layout import Entry
from proxy.deploy.configs.problem import Problem, quote, suggest

PHASES = ("prebuild", "predeploy", "postdeploy")
FOLDERS = ("hooks", "confighooks")
# `sifu` is ours: what the hooks need beside them.
_KNOWN = (*FOLDERS, "nginx", "httpd", "sifu")
_SHEBANG = re.compile(rb"#! ?/[^\s]+( [^\r\n]*)?\n")
_ELF = b"\x7fELF"
_UTF8_MARK = b"\xef\xbb\xbf"


def check_hooks(entries: Iterable[Entry]) -> Iterator[Problem]:
    """Yield what keeps a hook from running, or from being seen."""
    for entry in entries:
        folder, *rest = entry.name.split("/")
        if folder == ".platform":
            reason = _judge_place(rest) or (_judge_file(entry) if rest[0] in FOLDERS else "")
            if reason:
                yield Problem(entry.source, 0, reason)


def _judge_place(rest: list[str]) -> str:
    if len(rest) < 2 or rest[0] not in _KNOWN:
        return (
            f"Beanstalk knows no folder {quote('.platform/' + rest[0])}.{suggest(rest[0], _KNOWN)}"
        )
    if rest[0] not in FOLDERS:
        return ""
    if len(rest) < 3 or rest[1] not in PHASES:
        return f"{quote(rest[1])} is no phase of a deployment.{suggest(rest[1], PHASES)}"
    return "Beanstalk does not look into folders of a phase." if len(rest) > 3 else ""


def _judge_file(entry: Entry) -> str:
    if not entry.mode & 0o111:
        return "is a hook that cannot be executed; its mode should be 0755."
    if entry.data.startswith(_ELF):
        return ""
    if entry.data.startswith(_UTF8_MARK):
        return "begins with a byte order mark, which hides its #! line; save it without."
    if _SHEBANG.match(entry.data) is None:
        return "is a hook without an interpreter; its first line should be like #!/bin/sh."
    return "has lines that end in CR; end them in LF alone." if b"\r" in entry.data else ""
