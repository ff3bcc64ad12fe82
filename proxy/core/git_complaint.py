"""What git said when it failed, as a sentence that says what to do."""

from typing import Final

from proxy.core.repository_address import Address, shown_address

_SENT_ELSEWHERE: Final = tuple(f"error: {status}" for status in (301, 302, 303, 307, 308))
_ASKED_IN_VAIN: Final = ("could not read Username", "could not read Password", "askpass")
_REFUSED: Final = ("Authentication failed", "error: 401", "error: 403", "Access denied")
_KEY_REFUSED: Final = ("Permission denied", "Load key", "error in libcrypto")
_HOST_CHANGED: Final = ("HOST IDENTIFICATION HAS CHANGED", "Host key verification failed")
_NOT_FOUND: Final = ("not found", "does not exist", "does not appear to be a git repository")
_UNREACHED: Final = (
    "Could not resolve host",
    "Failed to connect",
    "Couldn't connect",
    "Connection refused",
    "Connection timed out",
    "Name or service not known",
    "No route to host",
    "Network is unreachable",
)
_UNTRUSTED: Final = ("certificate", "SSL")
# A script of ours, in a folder from which nothing may be executed.
_NOT_EXECUTED: Final = ("cannot exec",)
_NO_SSH: Final = ("cannot run ssh", "ssh: not found")
# The signal of a file that is larger than it may be.
_DISK_FULL: Final = (
    *("No space left", "Disk quota exceeded", "file write error", "write error"),
    *("File too large", "signal 25"),
)
# An object that is unpacked in memory, and is larger than it may be.
_NO_MEMORY: Final = ("ut of memory", "annot allocate memory")
# What a killed fetch or a broken disk leaves: the copy is made anew.
_DAMAGED: Final = (
    *("bad object", "corrupt", "unable to read", "loose object", "missing blob", "missing tree"),
    *(".lock'", "shallow file", "invalid index-pack", "not a git repository", "bad config"),
    *("did not send all necessary", "packfile", "is empty", "missing object", "unresolved delta"),
)


def explain(said: str, address: Address, *, has_token: bool, has_key: bool) -> str:
    """Return why the repository could not be fetched, and what to do about it."""
    where = shown_address(address.url)
    for signs, reason in (
        (_DISK_FULL, "The disk is full, or the repository is larger than it may be."),
        (_NO_MEMORY, "It holds something that git cannot unpack in the memory that it has here."),
        (_SENT_ELSEWHERE, "The repository has moved: write its new address."),
        (_HOST_CHANGED, _HOST_CHANGED_ADVICE),
        (_UNREACHED, f"{_host(address)} cannot be reached from here. Check the address."),
        (_UNTRUSTED, f"The certificate of {_host(address)} cannot be trusted."),
        (_NO_SSH, "This machine has no ssh. Use an https address, or install an ssh client."),
        (_NOT_EXECUTED, _NOT_EXECUTED_ADVICE),
        (_KEY_REFUSED, _key_advice(has_key=has_key)),
        (_ASKED_IN_VAIN, _token_advice(has_token=has_token)),
        (_REFUSED, _token_advice(has_token=has_token)),
        (_NOT_FOUND, _NOT_FOUND_ADVICE),
    ):
        if any(sign in said for sign in signs):
            return f"{where} could not be fetched. {reason}"
    last = next((line for line in reversed(said.splitlines()) if line.strip()), "nothing")
    return f"{where} could not be fetched. git says: {last.strip()[:300]}"


def is_damaged(said: str) -> bool:
    """May it be our copy that is damaged?"""
    is_ours = any(sign in said for sign in _DAMAGED)
    return is_ours and not any(sign in said for sign in (*_DISK_FULL, *_NO_MEMORY))


def wants_whole_history(said: str) -> bool:
    """Is it a server of plain files, which can hand out everything or nothing?"""
    return "does not support shallow" in said


_HOST_CHANGED_ADVICE: Final = (
    "The server's host key is another one than before. If that is meant, remove the course's "
    "known_hosts (docs/courses.md says where)."
)
_NOT_EXECUTED_ADVICE: Final = (
    "git may not execute anything in SIFU_DATA, which it must to be told a token: mount it without "
    "noexec."
)
_NOT_FOUND_ADVICE: Final = (
    "There is no repository at this address, or it is private: check the address, and hand over a "
    "token or a deploy key that may read it."
)


def _token_advice(*, has_token: bool) -> str:
    if has_token:
        return (
            "The token was not accepted: check that it has not expired, and that it may read this "
            "repository. Where a user name belongs to the token, write it into the address: "
            "https://NAME@host/…"
        )
    return "It is private, or not there: check the address, and hand over a token that may read it."


def _key_advice(*, has_key: bool) -> str:
    if has_key:
        return "The deploy key was not accepted: add its public half to the repository's keys."
    return "It wants a key: hand over a deploy key that may read it."


def _host(address: Address) -> str:
    return address.origin.partition("://")[2]
