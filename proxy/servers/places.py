"""Where the files of one run lie. Path arithmetic only: nothing here touches the disk.

Everything that dies with a run is below `run` (0700): sockets, keys, generated programs. A unix
socket's path may have 107 bytes, and an owner's and a workspace's slug together nearly fill that;
so sockets are named by a digest.
"""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from proxy.core.identity import ServerName
from proxy.settings import Settings, environment_value


@dataclass(frozen=True, slots=True)
class Places:
    """The run directory, the log folder, and the Python that runs everything."""

    run: Path
    logs: Path
    python: str

    @property
    def supervisor_socket(self) -> Path:
        return self.run / "supervisor.sock"

    @property
    def programs(self) -> Path:
        """Holds a supervisor file per server that runs, or did."""
        return self.run / "programs"

    @property
    def servers(self) -> Path:
        return self.run / "servers"

    @property
    def sockets(self) -> Path:
        return self.run / "sockets"

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

    def server_socket(self, name: ServerName) -> Path:
        return self.sockets / f"{sha256(name.program.encode()).hexdigest()[:16]}.sock"

    def program_file(self, name: ServerName) -> Path:
        return self.programs / f"{name.program}.conf"

    def log_file(self, name: ServerName) -> Path:
        return self.server_logs / f"{name.program}.log"


def places_of_this_run(settings: Settings, python: str) -> Places:
    """Read what `sifu up` handed down; without it, the places a run would have by default."""
    return Places(
        run=Path(environment_value("SIFU_RUN") or settings.data / "run"),
        logs=Path(environment_value("SIFU_LOG_FOLDER") or settings.data / "logs"),
        python=environment_value("SIFU_PYTHON") or python,
    )


def root_of(settings: Settings, name: ServerName, *, shared: ServerName) -> Path:
    """Return the folder whose files a server shows."""
    if name == shared:
        return settings.notebooks
    return settings.notebooks / name.owner / name.workspace
