"""The environment in which git runs: nothing of the machine's, nothing secret."""

import subprocess
from pathlib import Path

import pytest

from proxy.core.repository_address import Address, read_address
from proxy.courses.git_access import GitAccess, hide, local_environment
from proxy.courses.secret_files import DEPLOY_KEY, TOKEN, write_secret
from tests.courses.upstream import Upstream


def access(url: str, secrets: Path) -> GitAccess:
    address = read_address(url)
    assert isinstance(address, Address)
    return GitAccess(address, secrets)


def setting(environment: dict[str, str], name: str, folder: Path) -> str:
    done = subprocess.run(
        ["git", "config", "--get", name], env=environment, cwd=folder, capture_output=True
    )
    return done.stdout.decode().strip()


def test_only_the_protocol_of_the_address_works(tmp_path: Path) -> None:
    for url, allowed in (
        ("https://git.example.org/a", "https"),
        ("http://127.0.0.1/a", "http"),
        ("git@git.example.org:a", "ssh"),
    ):
        environment = access(url, tmp_path).environment(tmp_path)
        for scheme in ("https", "http", "ssh", "file", "ext", "git"):
            found = setting(environment, f"protocol.{scheme}.allow", tmp_path)
            assert found == ("always" if scheme == allowed else "")
        assert setting(environment, "protocol.allow", tmp_path) == "never"


def test_no_configuration_of_the_machine_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".gitconfig").write_text("[core]\nsshCommand = evil\n[user]\nname = x\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_SSH_COMMAND", "evil")
    monkeypatch.setenv("GIT_PROXY_COMMAND", "evil")
    environment = access("https://git.example.org/a", tmp_path).environment(tmp_path)
    assert "evil" not in str(environment)
    assert setting(environment, "user.name", tmp_path) == ""
    assert setting(environment, "credential.helper", tmp_path) == ""
    assert environment["GIT_TERMINAL_PROMPT"] == "0"


def test_a_hook_does_not_run(tmp_path: Path) -> None:
    upstream = Upstream.make(tmp_path / "a")
    hook = upstream.folder / ".git/hooks/reference-transaction"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    hook.chmod(0o755)
    commit = upstream.commit({"a": "1"})
    assert (tmp_path / "ran").exists()
    (tmp_path / "ran").unlink()
    words = ["git", "-C", str(upstream.folder), "update-ref", "refs/heads/x", commit]
    subprocess.run(words, env=local_environment(), check=True)
    assert not (tmp_path / "ran").exists()


def test_the_token_is_told_by_a_program_and_stands_nowhere(tmp_path: Path) -> None:
    secrets = tmp_path / "secrets"
    own = access("https://bot@git.example.org/a", secrets)
    assert (own.has_token, own.hidden()) == (False, ())
    write_secret(secrets, TOKEN, "se/cret")
    assert own.has_token
    environment = own.environment(tmp_path)
    script = Path(environment["GIT_ASKPASS"])
    assert "se/cret" not in str(environment) + script.read_text()
    assert script.stat().st_mode & 0o777 == 0o700
    asked = "Password for 'https://bot@git.example.org': "
    done = subprocess.run([script, asked], env=environment, capture_output=True, text=True)
    assert done.stdout == "se/cret\n"
    said = "se/cret, se%2Fcret and Ym90OnNlL2NyZXQ="
    assert hide(said, own.hidden()) == "…, … and …"


def test_a_key_is_named_by_its_path_with_odd_characters(tmp_path: Path) -> None:
    secrets = tmp_path / "a %h 'b"
    own = access("git@git.example.org:a", secrets)
    assert "IdentityFile=none" in own.environment(tmp_path)["GIT_SSH_COMMAND"]
    write_secret(secrets, DEPLOY_KEY, "key")
    write_secret(secrets, TOKEN, "unused")
    assert (own.has_key, own.has_token, own.hidden()) == (True, False, ())
    environment = own.environment(tmp_path)
    assert "GIT_ASKPASS" not in environment
    # What ssh makes of it, without going anywhere.
    done = subprocess.run(
        ["/bin/sh", "-c", f"{environment['GIT_SSH_COMMAND']} -G git.example.org"],
        capture_output=True,
        text=True,
        check=True,
    )
    lines = done.stdout.splitlines()
    assert f"identityfile {str(secrets / DEPLOY_KEY).replace('%', '%%')}" in lines
    assert "batchmode yes" in lines
    assert "stricthostkeychecking accept-new" in lines
    assert "forwardagent no" in lines
