"""Where the files of one run lie. Path arithmetic only: nothing here touches the disk.

Everything that dies with a run is below `run` (0700): sockets, keys, generated programs. Where
notebooks have accounts of their own, what they must reach is below `passage` instead, a folder that
others may pass through, and each thing in it is one account's. A unix socket's path may have 107
bytes, and an owner's and a workspace's slug together nearly fill that; so sockets, those of kernels
included, are in folders that are named by a digest.
"""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from proxy.core.identity import ServerName
from proxy.settings import Settings, environment_value


@dataclass(frozen=True, slots=True)
class Places:
    """The run directory, the log folder, and the Python that runs everything.

    `passage` is None where notebooks run as our own account.
    """

    run: Path
    logs: Path
    python: str
    passage: Path | None = None

    @property
    def reachable(self) -> Path:
        """What notebooks must reach is below it."""
        return self.passage or self.run

    @property
    def supervisor_socket(self) -> Path:
        return self.run / "supervisor.sock"

    @property
    def programs(self) -> Path:
        """Holds a supervisor file per server that runs, or did."""
        return self.run / "programs"

    @property
    def servers(self) -> Path:
        return self.reachable / "servers"

    @property
    def sockets(self) -> Path:
        return self.reachable / "sockets"

    @property
    def starts(self) -> Path:
        """Holds how each server is to be started, and which process it became."""
        return self.run / "starts"

    @property
    def fork_socket(self) -> Path:
        return self.run / "fork.sock"

    @property
    def stopping(self) -> Path:
        """There while supervisord ends: nobody died, everybody was asked to go."""
        return self.run / "stopping"

    @property
    def failed(self) -> Path:
        """There when front or relay could not run; supervisord itself ends with 0 all the same."""
        return self.run / "failed"

    @property
    def server_logs(self) -> Path:
        return self.logs / "servers"

    def server_folder(self, name: ServerName) -> Path:
        return self.servers / name.program

    def socket_folder(self, name: ServerName) -> Path:
        return self.sockets / sha256(name.program.encode()).hexdigest()[:16]

    def server_socket(self, name: ServerName) -> Path:
        return self.socket_folder(name) / "sock"

    def own_folder(self, name: ServerName) -> Path:
        """Where the server itself may write: its kernels' sockets, its pages' settings."""
        return self.socket_folder(name) / "own"

    def request_file(self, name: ServerName) -> Path:
        return self.starts / f"{name.program}.json"

    def record_file(self, name: ServerName) -> Path:
        return self.starts / f"{name.program}.process"

    def program_file(self, name: ServerName) -> Path:
        return self.programs / f"{name.program}.conf"

    def log_file(self, name: ServerName) -> Path:
        return self.server_logs / f"{name.program}.log"


def places_of_this_run(settings: Settings, python: str) -> Places:
    """Read what `sifu up` handed down; without it, the places a run would have by default."""
    passage = environment_value("SIFU_PASSAGE")
    return Places(
        run=Path(environment_value("SIFU_RUN") or settings.data / "run"),
        logs=Path(environment_value("SIFU_LOG_FOLDER") or settings.data / "logs"),
        python=environment_value("SIFU_PYTHON") or python,
        passage=Path(passage) if passage else None,
    )


def root_of(settings: Settings, name: ServerName, *, shared: ServerName) -> Path:
    """Return the folder whose files a server shows."""
    if name == shared:
        return settings.notebooks
    return settings.notebooks / name.owner / name.workspace
