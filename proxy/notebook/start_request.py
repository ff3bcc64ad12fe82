"""What the program that becomes a server is told: a file in the run directory, 0600.

It says as whom and where to run, never anything secret: that is in the server's own folder, which
is read when the process is the server already. Must not: import anything heavy.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from proxy.notebook.confinement import Confinement


@dataclass(frozen=True, slots=True)
class StartRequest:
    """`folder` is the server's, `record` where it writes down which process it is."""

    folder: str
    socket: str
    record: str
    directory: str
    environment: Mapping[str, str]
    confinement: Confinement = field(default_factory=Confinement)

    def variables(self, *, has_private_tmp: bool) -> dict[str, str]:
        """Return the environment; where /tmp is everybody's, `TMPDIR` names a private folder."""
        temporary = self.confinement.temporary
        if has_private_tmp or not temporary:
            return dict(self.environment)
        return {**self.environment, "TMPDIR": temporary}


def as_text(request: StartRequest) -> str:
    return json.dumps(asdict(request), indent=2)


def from_text(text: str | bytes) -> StartRequest:
    """Raises `ValueError` if it is none of ours."""
    try:
        values = json.loads(text)
        limits = values.pop("confinement")
        limits["needed"] = tuple(limits["needed"])
        return StartRequest(**values, confinement=Confinement(**limits))
    except (KeyError, TypeError, AttributeError) as problem:
        raise ValueError("the request was not written by this version of Sifu") from problem
