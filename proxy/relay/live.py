"""What is open now, by the credential that opened it: so that a sign-out can cut it."""

from typing import Protocol


class Cuttable(Protocol):
    """What may have to end: `cut` does it at once, `close` after what is under way.

    `end_stalled` does it if nothing went on since `latest` (loop time), and tells.
    """

    def cut(self) -> None: ...
    def close(self) -> None: ...
    def end_stalled(self, latest: float) -> bool: ...


class LiveConnections:
    """A set a credential; `len` counts all."""

    def __init__(self) -> None:
        self._live: dict[str, set[Cuttable]] = {}

    def __len__(self) -> int:
        return sum(len(group) for group in self._live.values())

    def count(self, credential: str) -> int:
        return len(self._live.get(credential, ()))

    def add(self, credential: str, connection: Cuttable) -> None:
        self._live.setdefault(credential, set()).add(connection)

    def discard(self, credential: str, connection: Cuttable) -> None:
        group = self._live.get(credential)
        if group is not None:
            group.discard(connection)
            if not group:
                del self._live[credential]

    def cut(self, credential: str) -> int:
        """End everything that this credential opened; return how many."""
        group = list(self._live.get(credential, ()))
        for connection in group:
            connection.cut()
        return len(group)

    def end_stalled(self, latest: float) -> int:
        """End what could pass nothing on since `latest` (loop time); return how many.

        While one side does not read, the other is not read either, so its end is never seen.
        """
        everything = [connection for group in self._live.values() for connection in group]
        return sum([connection.end_stalled(latest) for connection in everything])

    def close_all(self) -> None:
        for group in list(self._live.values()):
            for connection in list(group):
                connection.close()

    def cut_all(self) -> int:
        return sum(self.cut(credential) for credential in list(self._live))
