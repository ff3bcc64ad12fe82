"""One input of the response fuzz: what was asked, what the upstream sends, and how it ends."""

import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path


class Ending(StrEnum):
    """What happens after the last piece; after silence the browser goes away."""

    EOF = "eof"
    RESET = "reset"
    SILENCE = "silence"


@dataclass(frozen=True, slots=True)
class Case:
    """`pieces` are what the upstream's connection delivers, one call each, none empty.

    `asks_close`: the browser's connection ends with this answer. `offers`: a websocket was asked
    for. `uploaded`: the request's body had gone up when the answer came. `is_slow`: the browser
    takes no more after each write, for a while. `again`: a connection that is released carries a
    second exchange. `leaves`: before this piece the browser's transport closes; -1 is never.
    """

    method: str
    rest: str
    asks_close: bool
    offers: bool
    uploaded: bool
    is_slow: bool
    again: bool
    leaves: int
    pieces: tuple[bytes, ...]
    ending: Ending

    @property
    def stream(self) -> bytes:
        return b"".join(self.pieces)

    def save(self, path: Path, reason: str) -> None:
        """Write it as JSON; bytes become characters of the same number."""
        facts = asdict(self) | {"pieces": [piece.decode("latin-1") for piece in self.pieces]}
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"reason": reason} | facts, indent=1) + "\n")


def load_case(path: Path) -> Case:
    """Read what `Case.save` wrote."""
    facts = json.loads(path.read_text())
    del facts["reason"]
    facts["pieces"] = tuple(piece.encode("latin-1") for piece in facts["pieces"])
    return Case(**facts | {"ending": Ending(facts["ending"])})
