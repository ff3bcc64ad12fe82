"""Runs git so that it asks `askpass`, goes nowhere it was not sent, and leaves nothing behind.

Promises: no configuration of the machine counts; redirects are not followed; no protocol but https
(and http on loopback) works, submodules and helpers included; what git says is returned without the
token. Must not: put the token into an argument, an environment or a file.
"""

import shlex
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from sifu_image.address import Address
from sifu_image.deployment_token import USER, DeploymentToken
from sifu_image.refusal import Refusal

_SECONDS = 600
# A build may sit behind a proxy, or have certificates of its own.
_PASSED_ON = frozenset(
    {"PATH", "http_proxy", "https_proxy", "no_proxy", "HTTPS_PROXY", "NO_PROXY"}
    | {"SSL_CERT_FILE", "SSL_CERT_DIR", "GIT_SSL_CAINFO", "GIT_SSL_CAPATH"}
)
_CONFIGURATION = {
    "core.hooksPath": "/dev/null",
    "credential.helper": "",
    "http.followRedirects": "false",
    "http.lowSpeedLimit": "100",
    "http.lowSpeedTime": "60",
    "init.defaultBranch": "main",
    "init.templateDir": "",
    "protocol.allow": "never",
    "protocol.https.allow": "always",
    "submodule.recurse": "false",
}
_ASKED_IN_VAIN = ("could not read Username", "could not read Password", "unable to read askpass")
_REFUSED = ("Authentication failed", "error: 401", "error: 403", "not found", "Access denied")
_SENT_ELSEWHERE = ("error: 301", "error: 302", "error: 303", "error: 307", "error: 308")


class Git:
    """git for one build: `inherited` is the build's environment, of which little is passed on."""

    def __init__(self, token: DeploymentToken, inherited: Mapping[str, str]) -> None:
        self._token = token
        self._inherited = {key: value for key, value in inherited.items() if key in _PASSED_ON}

    def clone(self, address: Address, target: Path, branch: str = "") -> None:
        """Clone the newest state of a branch or tag (default: the remote's own)."""
        chosen = [f"--branch={branch}"] if branch else []
        options = ["--quiet", "--depth=1", "--single-branch", *chosen]
        self._run(address, "clone", *options, "--", address.url, str(target))

    def check_out(self, address: Address, target: Path, revision: str) -> None:
        """Fetch one revision, a commit too, without its history."""
        self._run(address, "init", "--quiet", str(target))
        inside = ["-C", str(target)]
        self._run(address, *inside, "fetch", "--quiet", "--depth=1", "--", address.url, revision)
        self._run(address, *inside, "checkout", "--quiet", "FETCH_HEAD")

    def _run(self, address: Address, *arguments: str) -> None:
        with tempfile.TemporaryDirectory(prefix="sifu-git-") as folder:
            environment = self._environment(address, Path(folder))
            try:
                done = subprocess.run(  # noqa: S603 (checked words, no shell)
                    ["git", *arguments],  # noqa: S607 (the one of PATH)
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    capture_output=True,
                    text=True,
                    errors="replace",
                    timeout=_SECONDS,
                    check=False,
                )
            except subprocess.TimeoutExpired:
                raise Refusal(f"{address.url} took more than {_SECONDS} seconds.") from None
        if done.returncode:
            raise Refusal(self._explain(address, done.stderr))

    def _environment(self, address: Address, folder: Path) -> dict[str, str]:
        """Return the environment of one run; `folder` is its home and holds its askpass script."""
        configuration = dict(_CONFIGURATION)
        if address.origin.startswith("http://"):
            configuration |= {"protocol.http.allow": "always", "http.proxy": ""}
        numbered = {"GIT_CONFIG_COUNT": str(len(configuration))}
        for number, (key, value) in enumerate(configuration.items()):
            numbered |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
        return {
            **self._inherited,
            **numbered,
            "HOME": str(folder),
            "LC_ALL": "C.UTF-8",
            "GIT_ASKPASS": str(self._write_askpass(address, folder)),
            "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0",
        }

    def _write_askpass(self, address: Address, folder: Path) -> Path:
        # git calls one program with its question as the only argument; this one knows the rest.
        package = Path(__file__).parent.parent
        start = f"import sys; sys.path.insert(0, {str(package)!r}); "
        start += "from sifu_image.askpass import main; sys.exit(main(sys.argv[1:]))"
        words = [sys.executable, "-I", "-c", start, str(self._token.path or ""), address.origin]
        script = folder / "askpass"
        script.write_text(f'#!/bin/sh\nexec {shlex.join(words)} "$1"\n')
        script.chmod(0o700)
        return script

    def _explain(self, address: Address, said: str) -> str:
        user = address.url.partition("://")[2].rpartition("@")[0] or USER
        said = self._token.hide(said, {user, USER}).strip()
        return f"{address.url} could not be fetched.\ngit says: {said}\n{self._advice(said)}"

    def _advice(self, said: str) -> str:
        if any(sign in said for sign in _SENT_ELSEWHERE):
            return "It has moved: write its new address. Redirects are not followed with a token."
        if self._token.path is None:
            if any(sign in said for sign in _ASKED_IN_VAIN):
                return (
                    "It is private, and this build has no token. Hand one over: "
                    "docker build --secret id=deployment_token,env=DEPLOYMENT_TOKEN … "
                    "or, where that is not possible, put it into the file .deployment_token."
                )
            return "Check the address and the branch, and that this machine reaches that host."
        if any(sign in said for sign in (*_REFUSED, *_ASKED_IN_VAIN)):
            return (
                "The deployment token was not accepted, or may not read this repository: check "
                "that it has not expired, and that it may read it. Where a certain user name "
                "belongs to the token, write it into the address: https://NAME@host/…"
            )
        return "Check the address and the branch, and that this machine reaches that host."
