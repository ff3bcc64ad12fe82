"""Answers git's question for a user and a password, for one origin only.

Called as `askpass TOKEN_FILE ORIGIN PROMPT` by a script of `git_access`. Promises: another
host, scheme or port gets nothing, whoever sent git there; the token goes to git through a pipe, and
stands in no argument and no environment. Exit status 1 makes git give up with its own words.
"""

import sys
from pathlib import Path
from typing import Final

from proxy.core.repository_address import read_prompt

# What git tells a server beside the token, for the user of an address that names none.
USER: Final = "x-access-token"


def answer(token_file: str, origin: str, prompt: str) -> str | None:
    """Return what to tell git, or None."""
    asked_for, asking = read_prompt(prompt)
    if not token_file or asking is None or asking != origin:
        return None
    return USER if asked_for == "Username" else Path(token_file).read_text().strip()


def main(arguments: list[str]) -> int:
    reply = answer(*arguments)
    if reply is None:
        return 1
    sys.stdout.write(f"{reply}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
