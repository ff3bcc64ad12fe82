"""The environment in which git runs: where it may go, what it may be told, and by whom.

Promises: no configuration of the machine or of a person counts; no hook, no helper, no submodule
runs; no protocol works but that of the address; redirects are not followed; the token stands in no
argument, no environment and no configuration, the deploy key is named by its path alone. Without a
token or key git asks nobody and gives up. Blocks.
"""

import base64
import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlsplit

from proxy.core.repository_address import Address
from proxy.courses.askpass import USER
from proxy.courses.secret_files import DEPLOY_KEY, KNOWN_HOSTS, TOKEN, has_secret, read_secret
from proxy.settings import environment_value

# Of addresses, for each program. git unpacks a commit or a list of files in memory, whatever its
# size, and a few bytes of a foreign repository unpack to gigabytes.
MOST_MEMORY: Final = 2 * 2**30
_PASSED_ON: Final = (
    *("PATH", "http_proxy", "https_proxy", "no_proxy", "HTTPS_PROXY", "NO_PROXY"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "GIT_SSL_CAINFO", "GIT_SSL_CAPATH"),
)
_CONFIGURATION: Final = {
    "core.bigFileThreshold": "16m",
    "core.hooksPath": "/dev/null",
    "core.fsmonitor": "false",
    "core.packedGitLimit": "256m",
    "core.packedGitWindowSize": "32m",
    "credential.helper": "",
    "fetch.fsckObjects": "false",
    "fetch.recurseSubmodules": "false",
    "fetch.unpackLimit": "1",  # one file, whose size has a bound
    "gc.auto": "0",
    "http.followRedirects": "false",
    "http.lowSpeedLimit": "100",
    "http.lowSpeedTime": "60",
    "init.defaultBranch": "main",
    "init.templateDir": "",
    "maintenance.auto": "false",
    "pack.threads": "1",
    "pack.windowMemory": "256m",
    "protocol.allow": "never",
    "submodule.recurse": "false",
    "transfer.bundleURI": "false",
    "uploadpack.packObjectsHook": "",
}
_SSH: Final = {
    "BatchMode": "yes",
    "ClearAllForwardings": "yes",
    "ConnectTimeout": "20",
    "GlobalKnownHostsFile": "/dev/null",
    "IdentitiesOnly": "yes",
    "IdentityAgent": "none",
    "PasswordAuthentication": "no",
    "PermitLocalCommand": "no",
    "ServerAliveCountMax": "3",
    "ServerAliveInterval": "15",
    "StrictHostKeyChecking": "accept-new",
}


@dataclass(frozen=True, slots=True)
class GitAccess:
    """For one repository; `secrets` is the folder with what opens it."""

    address: Address
    secrets: Path

    @property
    def has_token(self) -> bool:
        return self.address.scheme != "ssh" and has_secret(self.secrets, TOKEN)

    @property
    def has_key(self) -> bool:
        return self.address.scheme == "ssh" and has_secret(self.secrets, DEPLOY_KEY)

    def environment(self, folder: Path) -> dict[str, str]:
        """Return it for one run; `folder` is ours alone, git's home, and holds its askpass."""
        configuration = _CONFIGURATION | {f"protocol.{self.address.scheme}.allow": "always"}
        if self.address.scheme == "http":
            configuration["http.proxy"] = ""  # this machine's own
        found = local_environment(configuration) | {"HOME": str(folder)}
        if self.address.scheme == "ssh":
            return found | {"GIT_SSH_COMMAND": self._ssh(), "GIT_SSH_VARIANT": "ssh"}
        return found | {"GIT_ASKPASS": str(self._write_askpass(folder))}

    def hidden(self) -> tuple[str, ...]:
        """Return the spellings of the token that a server may send back, for `hide`."""
        token = read_secret(self.secrets, TOKEN).strip() if self.has_token else ""
        if not token:
            return ()
        user = urlsplit(self.address.url).username or USER
        pairs = [f"{name}:{token}".encode() for name in {user, USER}]
        return (token, quote(token, safe=""), *(base64.b64encode(pair).decode() for pair in pairs))

    def _ssh(self) -> str:
        key = self.secrets / DEPLOY_KEY
        options = _SSH | {"UserKnownHostsFile": _quoted(self.secrets / KNOWN_HOSTS)}
        options["IdentityFile"] = _quoted(key) if self.has_key else "none"
        words = ["ssh", "-F", "none"]
        for name, value in options.items():
            words += ["-o", f"{name}={value}"]
        return shlex.join(words)

    def _write_askpass(self, folder: Path) -> Path:
        # git calls one program with its question as the only argument; this one knows the rest.
        token = str(self.secrets / TOKEN) if self.has_token else ""
        words = [sys.executable, "-I", "-m", "proxy.courses.askpass", token, self.address.origin]
        script = folder / "askpass"
        script.write_text(f'#!/bin/sh\nexec {shlex.join(words)} "$1"\n')
        script.chmod(0o700)
        return script


def local_environment(configuration: Mapping[str, str] = _CONFIGURATION) -> dict[str, str]:
    """Return the environment of a git that goes nowhere."""
    numbered = {"GIT_CONFIG_COUNT": str(len(configuration))}
    for number, (key, value) in enumerate(configuration.items()):
        numbered |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    inherited = {name: environment_value(name) for name in _PASSED_ON}
    return {
        **{name: value for name, value in inherited.items() if value is not None},
        **numbered,
        "LC_ALL": "C.UTF-8",
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "HOME": "/nonexistent",
        "SSH_ASKPASS_REQUIRE": "never",
    }


def hide(text: str, hidden: tuple[str, ...]) -> str:
    """Return what git said without what must not be said."""
    for secret in hidden:
        text = text.replace(secret, "…")
    return text


def _quoted(path: Path) -> str:
    # ssh takes the value apart at spaces, and writes what belongs to a host for a per cent sign.
    return '"{}"'.format(str(path).replace("%", "%%"))
