"""Finds the deployment token that the build was given, and never says it.

Promises: only the path of its file is passed on; the file's content is read by `askpass`, and here
once, so that `hide` can take it out of what a server may have sent back. Nothing is written.
"""

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from sifu_image.refusal import Refusal

SECRETS = Path("/run/secrets")
FILE = ".deployment_token"
_OLD_NAME = "deployment_key"
OLD_NAME_WARNING = (
    "The token came as DEPLOYMENT_KEY. Call it DEPLOYMENT_TOKEN "
    "(--secret id=deployment_token,env=DEPLOYMENT_TOKEN): the other name will go."
)
_LONGEST = 4096
# What git tells a server beside the token, for the user of an address that names none.
USER = "x-access-token"


@dataclass(frozen=True, slots=True)
class DeploymentToken:
    """Where the token is, if there is one; `old_name` if it came by its other spelling."""

    path: Path | None
    old_name: bool = False

    def read(self) -> str:
        return "" if self.path is None else read_token(self.path)

    def hide(self, text: str, users: Iterable[str] = (USER,)) -> str:
        """Take the token out of a text, also as it looks in a URL or a header."""
        if not (token := self.read()):
            return text
        pairs = [base64.b64encode(f"{user}:{token}".encode()).decode() for user in users]
        for form in (token, quote(token, safe=""), *pairs):
            text = text.replace(form, "[hidden]")
        return text


def find_token(context: Path, secrets: Path | None = None) -> DeploymentToken:
    """Look for the secret, its other spelling, then the file of the build context.

    An empty one counts as none: an unset variable makes an empty secret. Raises `Refusal` if what
    is there cannot be a token.
    """
    secrets = secrets or SECRETS
    for path in (secrets / "deployment_token", secrets / _OLD_NAME, context / FILE):
        if path.is_file() and read_token(path):
            return DeploymentToken(path, old_name=path.name == _OLD_NAME)
    return DeploymentToken(None)


def read_token(path: Path) -> str:
    """Return the token in a file, without the line break that a shell puts there."""
    with path.open("rb") as file:
        content = file.read(_LONGEST + 1)
    token = content.decode("ascii", errors="replace").strip()
    if len(content) > _LONGEST or not all("!" <= char <= "~" for char in token):
        raise Refusal(
            f"The file {path.name} does not hold a token: one line of letters, digits and signs."
        )
    return token
