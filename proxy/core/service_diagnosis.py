"""Database, Jupyter and the running programs: facts in, sentences out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from proxy.core.diagnosis import Examination, Finding


@dataclass(frozen=True, slots=True)
class Database:
    """What opening the database showed; `failure` and `damage` are empty when all went well.

    `revision` is the schema's, None for an empty database; `known` are those of this program,
    oldest first.
    """

    shown: str
    exists: bool
    failure: str = ""
    damage: str = ""
    revision: str | None = None
    known: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Kernel:
    """A kernel that Jupyter offers, and whether the program that runs it is there."""

    name: str
    program: str
    is_found: bool


@dataclass(frozen=True, slots=True)
class Jupyter:
    """What importing JupyterLab showed; `has_gateway` says that kernels run elsewhere."""

    failure: str
    kernels: tuple[Kernel, ...] = ()
    has_gateway: bool = False


@dataclass(frozen=True, slots=True)
class Program:
    """A running program of this installation; an orphan's supervisord is gone."""

    pid: int
    name: str
    is_orphan: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What asking a program for its health gave; `failure` is empty when it answered well."""

    name: str
    url: str
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Service:
    """What runs. `lost` are servers that the store calls running though their process is gone."""

    programs: Sequence[Program] = ()
    answers: Sequence[Answer] = ()
    lost: Sequence[str] = ()


def examine_database(database: Database) -> Examination:
    praise = "There is no database yet; the first start makes it."
    if database.exists:
        praise = "The database can be read and its schema is up to date."
    return Examination("database", praise, tuple(_judge_database(database)))


def examine_jupyter(jupyter: Jupyter) -> Examination:
    names = ", ".join(kernel.name for kernel in jupyter.kernels)
    praise = "JupyterLab is installed"
    praise += "; kernels run on the gateway." if jupyter.has_gateway else f" with {names}."
    return Examination("jupyter", praise, tuple(_judge_jupyter(jupyter)))


def examine_service(service: Service) -> Examination:
    praise = "Sifu is not running; `sifu up` starts it."
    if service.programs:
        praise = f"Sifu is running ({len(service.programs)} programs) and answers."
    return Examination("programs", praise, tuple(_judge_service(service)))


def _judge_database(database: Database) -> Iterator[Finding]:
    if database.failure:
        yield Finding(
            f"The database {database.shown} cannot be used: {database.failure}.",
            "Set SIFU_DATABASE_URL right and see that the database runs and lets this account in.",
        )
    elif database.damage:
        yield Finding(
            f"The database {database.shown} is damaged: {database.damage}.",
            "Stop Sifu and put back the newest backup (docs/operations.md).",
        )
    elif database.exists and database.revision not in database.known:
        if database.revision is None:
            yield _behind(database)
        else:
            yield Finding(
                f"The database {database.shown} was written by a newer Sifu "
                f"(schema {database.revision}).",
                "Install that version again, or put back the backup made before the upgrade.",
            )
    elif database.exists and database.revision != database.known[-1]:
        yield _behind(database)


def _behind(database: Database) -> Finding:
    return Finding(
        f"The schema of the database {database.shown} is older than this program.",
        "Make a backup; the next `sifu up` brings it up to date.",
        is_problem=False,
    )


def _judge_jupyter(jupyter: Jupyter) -> Iterator[Finding]:
    if jupyter.failure:
        yield Finding(
            f"JupyterLab cannot be loaded: {jupyter.failure}.",
            "Install the packages again: `make install`, or pip with requirements/run.txt.",
        )
        return
    if jupyter.has_gateway:
        return
    if not jupyter.kernels:
        yield Finding(
            "Jupyter finds no kernel, so notebooks could be opened but not run.",
            "Install one, for example: python -m pip install ipykernel",
        )
    for kernel in jupyter.kernels:
        if not kernel.is_found:
            yield Finding(
                f"The kernel “{kernel.name}” wants {kernel.program}, which is not there.",
                f"Install it again, or remove it: jupyter kernelspec remove {kernel.name}",
            )


def _judge_service(service: Service) -> Iterator[Finding]:
    orphans = [program for program in service.programs if program.is_orphan]
    if orphans:
        listed = ", ".join(f"{program.name} ({program.pid})" for program in orphans)
        yield Finding(
            f"These programs outlived their supervisord: {listed}.",
            "`sifu up` takes care of them; to end them without it, kill them by these numbers.",
        )
    for answer in service.answers:
        if answer.failure:
            yield Finding(
                f"{answer.name} runs but does not answer well at {answer.url}: {answer.failure}.",
                "Read its log in the folder `logs` of SIFU_DATA.",
            )
    for name in service.lost:
        yield Finding(
            f"The server {name} is said to run, but its process is gone.",
            "Open it again in the browser: it is started anew.",
            is_problem=False,
        )
