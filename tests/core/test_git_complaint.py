"""What git says, as a sentence that says what to do."""

import pytest

from proxy.core.git_complaint import explain, is_damaged, wants_whole_history
from proxy.core.repository_address import Address

HTTPS = Address("https://bot@git.example.org/a.git", "https://git.example.org:443")


@pytest.mark.parametrize(
    ("said", "advice"),
    [
        ("fatal: unable to access 'x': The requested URL returned error: 302", "has moved"),
        ("fatal: could not read Username for 'x': terminal prompts disabled", "hand over a token"),
        ("fatal: Authentication failed for 'x'", "hand over a token"),
        ("remote: Repository not found.\nfatal: repository 'x' not found", "or it is private"),
        ("fatal: unable to access: Could not resolve host: x", "cannot be reached"),
        ("fatal: Failed to connect to x port 443", "cannot be reached"),
        ("server certificate verification failed", "cannot be trusted"),
        ("error: cannot run ssh: No such file or directory", "has no ssh"),
        ("fatal: cannot exec '/x/askpass': Permission denied", "without noexec"),
        ("git@x: Permission denied (publickey).", "hand over a deploy key"),
        ("@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @", "known_hosts"),
        ("fatal: write error: No space left on device", "The disk is full"),
        ("error: index-pack died of signal 25", "larger than it may be"),
        ("one\nfatal: something new\n\n", "git says: fatal: something new"),
        ("", "git says: nothing"),
    ],
)
def test_each_has_its_advice(said: str, advice: str) -> None:
    told = explain(said, HTTPS, has_token=False, has_key=False)
    assert advice in told
    assert told.startswith("https://git.example.org/a.git could not be fetched.")


def test_who_gave_a_token_or_key_is_told_otherwise() -> None:
    told = explain("Authentication failed", HTTPS, has_token=True, has_key=False)
    assert "The token was not accepted" in told
    told = explain("Permission denied (publickey)", HTTPS, has_token=False, has_key=True)
    assert "The deploy key was not accepted" in told


def test_a_damaged_copy_is_told_from_a_full_disk() -> None:
    assert is_damaged("error: object file x is empty")
    assert is_damaged("fatal: Unable to create '/x/shallow.lock': File exists.")
    assert not is_damaged("fatal: write error: No space left\nfatal: invalid index-pack output")
    assert not is_damaged("fatal: Authentication failed")


def test_servers_of_plain_files_are_known() -> None:
    assert wants_whole_history("fatal: dumb http transport does not support shallow capabilities")
    assert not wants_whole_history("fatal: x")
