"""What is wrong with a machine's set-up: facts in, sentences out.

Each function judges one area and returns an `Examination`: findings, or praise. A finding is a
problem (something will not work, or is open to others) or advice (it works, but better is
possible). Nothing is looked up here: `cli.facts` gathers, `core.diagnosis` judges.
"""

import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

MIB = 1024 * 1024
_CLOCK_TOLERANCE = 120.0
# The longest path of a unix socket, in bytes: sun_path is 108 with its closing zero on Linux,
# 104 on BSD and macOS (unix(7), unix(4)).
SOCKET_PATH_LIMIT = {"linux": 107, "other": 103}


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, and what to do about it: two sentences."""

    wrong: str
    remedy: str
    is_problem: bool = True


@dataclass(frozen=True, slots=True)
class Examination:
    """One area; `praise` is said when there are no findings."""

    area: str
    praise: str
    findings: tuple[Finding, ...]


class PortState(Enum):
    """What an attempt to listen on a port met."""

    FREE = "free"
    OURS = "ours"  # a running Sifu of this installation has it
    TAKEN = "taken"
    FORBIDDEN = "forbidden"
    NOT_IPV4 = "not IPv4"
    NOT_HERE = "not here"  # the address is none of this machine's


@dataclass(frozen=True, slots=True)
class Port:
    """A port that Sifu wants; `holder` describes the program that has it, if it can be known."""

    setting: str
    bind: str
    number: int
    state: PortState
    holder: str = ""


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of ours. If it does not exist, the facts are those of its nearest parent."""

    setting: str
    path: str
    exists: bool
    is_writable: bool
    is_ours: bool
    mode: int


@dataclass(frozen=True, slots=True)
class PrivateFile:
    """A file that nobody else may read."""

    path: str
    mode: int
    is_ours: bool


@dataclass(frozen=True, slots=True)
class Disk:
    """Room on the disk of a folder, in bytes and in numbers of files."""

    path: str
    total: int
    free: int
    files_total: int
    files_free: int


@dataclass(frozen=True, slots=True)
class SocketPath:
    """The longest path of a unix socket that the installation may need, in bytes."""

    path: str
    size: int
    limit: int


@dataclass(frozen=True, slots=True)
class TimeStamp:
    """The newest time found on this machine, and where."""

    where: str
    at: float


def examine_ports(ports: Sequence[Port]) -> Examination:
    numbers = " and ".join(str(port.number) for port in ports)
    running = any(port.state is PortState.OURS for port in ports)
    praise = f"Ports {numbers} are {'served by Sifu itself' if running else 'free'}."
    findings = tuple(finding for port in ports for finding in _judge_port(port))
    return Examination("ports", praise, findings)


def examine_folders(folders: Sequence[Folder]) -> Examination:
    findings = tuple(finding for folder in folders for finding in _judge_folder(folder))
    return Examination("folders", "Data and notebooks can be written.", findings)


def examine_private_files(files: Sequence[PrivateFile]) -> Examination:
    findings = tuple(finding for file in files for finding in _judge_private_file(file))
    praise = "Only this account can read the database and the secrets."
    return Examination("privacy", praise, findings)


def examine_disks(disks: Sequence[Disk]) -> Examination:
    findings = tuple(finding for disk in disks for finding in _judge_disk(disk))
    return Examination("disk", "There is room on the disk.", findings)


def examine_socket_path(longest: SocketPath) -> Examination:
    findings: tuple[Finding, ...] = ()
    if longest.size > longest.limit:
        findings = (
            Finding(
                f"The path of a server's socket can be {longest.size} bytes long and this system "
                f"allows {longest.limit}: {longest.path}.",
                "Choose a shorter folder for SIFU_DATA, or for TMPDIR.",
            ),
        )
    return Examination("sockets", "Socket paths are short enough.", findings)


def examine_clock(now: float, newest: TimeStamp | None) -> Examination:
    """Find a clock that runs behind; one that runs ahead leaves no trace to compare with."""
    findings: tuple[Finding, ...] = ()
    if newest is not None and newest.at > now + _CLOCK_TOLERANCE:
        findings = (
            Finding(
                f"This machine's clock is at least {_duration(newest.at - now)} behind: "
                f"{newest.where} is from the future.",
                "Set the clock (a time service such as chrony keeps it right): sign-ins and "
                "passes have limited times and fail while it is wrong.",
            ),
        )
    return Examination("clock", "The clock agrees with what was written before.", findings)


def _judge_port(port: Port) -> Iterator[Finding]:
    at = f"Port {port.number} ({port.setting})"
    if port.state is PortState.TAKEN:
        holder = f" by {port.holder}" if port.holder else " by a program of another account"
        yield Finding(f"{at} is taken{holder}.", f"Stop that program or set {port.setting}.")
    elif port.state is PortState.FORBIDDEN:
        yield Finding(
            f"{at} may not be used by this account: numbers below 1024 belong to root.",
            f"Set {port.setting} to a higher number and let nginx listen on the lower one.",
        )
    elif port.state is PortState.NOT_IPV4:
        yield Finding(
            f"{port.bind} (SIFU_BIND) is an IPv6 address, and supervisord listens on IPv4 only.",
            "Set SIFU_BIND to 127.0.0.1 and let a web server listen on the IPv6 address.",
        )
    elif port.state is PortState.NOT_HERE:
        yield Finding(
            f"{port.bind} (SIFU_BIND) is not an address of this machine.",
            "Set SIFU_BIND to 127.0.0.1, or to 0.0.0.0 for every address of this machine.",
        )


def _judge_folder(folder: Folder) -> Iterator[Finding]:
    name = f"{folder.path} ({folder.setting})"
    if not folder.is_writable:
        wrong = "cannot be written" if folder.exists else "does not exist and cannot be made"
        yield Finding(
            f"{name} {wrong} by this account.",
            f"Give it to this account (chown, chmod u+rwx) or set {folder.setting} to another.",
        )
    elif folder.exists and not folder.is_ours:
        yield Finding(
            f"{name} belongs to another account.",
            "Run Sifu as that account, or chown the folder to this one: files of two owners in "
            "one installation end in files that cannot be written.",
        )
    if folder.exists and folder.mode & stat.S_IWOTH and not folder.mode & stat.S_ISVTX:
        yield Finding(
            f"{name} can be changed by every account of this machine.",
            f"chmod o-w {folder.path}",
        )


def _judge_private_file(file: PrivateFile) -> Iterator[Finding]:
    if file.mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield Finding(
            f"{file.path} can be read by other accounts of this machine.",
            f"chmod 600 {file.path}",
        )
    if not file.is_ours:
        yield Finding(
            f"{file.path} belongs to another account.",
            "Run Sifu as that account, or chown the file to this one.",
        )


def _judge_disk(disk: Disk) -> Iterator[Finding]:
    # A database that cannot grow loses sign-ins; a notebook that cannot be saved loses work.
    if disk.free < 512 * MIB or (disk.free < disk.total * 0.02 and disk.free < 5120 * MIB):
        yield Finding(
            f"Only {disk.free // MIB} MiB are free on the disk of {disk.path}.",
            "Free some room, or move the folder to a larger disk: unsaved work is at stake.",
        )
    if disk.files_total and disk.files_free < disk.files_total * 0.01:
        yield Finding(
            f"The disk of {disk.path} has room for {disk.files_free} more files only.",
            "Delete files that nobody needs: their number is limited, not their size.",
        )


def _duration(seconds: float) -> str:
    for unit, length in (("day", 86_400), ("hour", 3600), ("minute", 60)):
        if seconds >= length:
            number = int(seconds // length)
            return f"{number} {unit}{'s' if number > 1 else ''}"
    return f"{int(seconds)} seconds"
