"""What opens a course's repository, and what its git service signs with: a file each.

Promises: files of ours alone (0600, in a folder that is 0700), whole or not at all; a text is
refused that could not be what it is to be. Must not: show one, or say what is in it. Blocks.
"""

from contextlib import suppress
from pathlib import Path
from typing import Final

from proxy.core.errors import UnprocessableInput
from proxy.disk.private_folders import make_private_folders
from proxy.disk.whole_files import write_whole

TOKEN: Final = "token"  # noqa: S105 (the name of a file)
DEPLOY_KEY: Final = "deploy-key"
WEBHOOK: Final = "webhook"
KNOWN_HOSTS: Final = "known_hosts"
MOST_TOKEN: Final = 4096
MOST_KEY: Final = 16 * 1024


def checked_token(text: str) -> str:
    """Return it without the line break of its file; raises `UnprocessableInput`."""
    token = text.strip()
    if not token or len(token) > MOST_TOKEN or not (token.isascii() and token.isprintable()):
        raise UnprocessableInput("A token is one line of letters, digits and signs.")
    if " " in token:
        raise UnprocessableInput("A token has no spaces in it.")
    return token


def checked_key(text: str) -> str:
    """Return a private key as ssh reads it; raises `UnprocessableInput`."""
    key = text.replace("\r\n", "\n").strip()
    is_key = key.startswith("-----BEGIN ") and key.endswith("PRIVATE KEY-----")
    if not is_key or not key.isascii() or len(key) > MOST_KEY:
        raise UnprocessableInput(
            "A deploy key is the private half of a pair of ssh keys, the file that begins with "
            "-----BEGIN … PRIVATE KEY-----, without a passphrase."
        )
    return key + "\n"


def write_secret(folder: Path, name: str, text: str) -> None:
    """Keep it in place of the one before; raises `OSError`."""
    make_private_folders(folder)
    write_whole(folder / name, text.encode())


def read_secret(folder: Path, name: str) -> str:
    """Return it; empty if there is none."""
    try:
        return (folder / name).read_text()
    except FileNotFoundError:
        return ""


def has_secret(folder: Path, name: str) -> bool:
    return (folder / name).is_file()


def remove_secret(folder: Path, name: str) -> None:
    with suppress(FileNotFoundError):
        (folder / name).unlink()
