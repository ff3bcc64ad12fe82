"""How far a start has come, in words and per cent; what the starting page shows."""

from dataclasses import dataclass

from proxy.core.lifecycle import PENDING, State


@dataclass(frozen=True, slots=True)
class Progress:
    """One step; `log` holds the last lines of the server's log when it failed."""

    state: State
    message: str
    percent: int
    log: tuple[str, ...] = ()

    @property
    def is_last(self) -> bool:
        """No further step will come unless somebody asks for a start or stop."""
        return self.state not in PENDING
