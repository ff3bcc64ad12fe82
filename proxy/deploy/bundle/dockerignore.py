"""Which files of a build context does `.dockerignore` keep from the build?

https://docs.docker.com/build/concepts/context/#dockerignore-files
Pure.
"""

import re
from collections.abc import Iterable
from functools import cache

_GROUP = re.compile(r"\[(?P<not>\^?)(?P<letters>[\w.-]+)\]")


@cache
def _expression(pattern: str) -> re.Pattern[str]:
    """Return what a pattern matches: Go's filepath.Match, with ** for any number of folders."""
    parts = []
    position = 0
    while position < len(pattern):
        for token, expression in (("**/", "(.*/)?"), ("**", ".*"), ("*", "[^/]*"), ("?", "[^/]")):
            if pattern.startswith(token, position):
                parts.append(expression)
                position += len(token)
                break
        else:
            if group := _GROUP.match(pattern, position):
                parts.append(f"[{group['not']}{re.escape(group['letters'])}]".replace(r"\-", "-"))
                position = group.end()
                continue
            if pattern[position] == "\\" and position + 1 < len(pattern):
                position += 1
            parts.append(re.escape(pattern[position]))
            position += 1
    return re.compile("".join(parts) + r"(/.*)?", re.DOTALL)


def is_ignored(path: str, lines: Iterable[str]) -> bool:
    """Tell whether a file is kept out: the last line that matches it, or its folder, decides."""
    ignored = False
    for line in lines:
        pattern = line.strip()
        if not pattern or line.startswith("#"):
            continue
        is_exception = pattern.startswith("!")
        pattern = pattern.removeprefix("!").strip().removeprefix("./").strip("/")
        if pattern and (pattern == "." or _expression(pattern).fullmatch(path)):
            ignored = not is_exception
    return ignored
