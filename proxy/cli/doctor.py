"""`sifu doctor`: what is wrong with this machine's set-up, and what to do about it.

Gathers facts (`machine_facts`, `service_facts`, `course_facts`), has `core` judge them, prints the
sentences. Must not: create or change anything.
"""

from collections.abc import Iterator, Sequence

import click

from proxy.cli import machine_facts, service_facts
from proxy.cli.aws_doctor import examine_aws
from proxy.cli.course_facts import find_course_tools
from proxy.cli.run_directory import places_of
from proxy.core.clock import system_clock
from proxy.core.course_diagnosis import examine_courses
from proxy.core.diagnosis import (
    Examination,
    Finding,
    TimeStamp,
    examine_clock,
    examine_disks,
    examine_folders,
    examine_ports,
    examine_private_files,
    examine_socket_path,
)
from proxy.core.errors import InvalidSettings
from proxy.core.identity import SHARED
from proxy.core.origin_diagnosis import Origins, examine_origins
from proxy.core.service_diagnosis import (
    Answer,
    Program,
    Service,
    examine_database,
    examine_jupyter,
    examine_service,
)
from proxy.servers import processes
from proxy.servers.places import Places
from proxy.settings import Settings, read_settings
from proxy.store.database import Store


@click.command()
@click.option(
    "--aws",
    is_flag=False,
    flag_value="",
    default=None,
    metavar="[ENVIRONMENT]",
    help="Look at an environment on AWS Elastic Beanstalk (default: sifu) instead.",
)
@click.option("--region", default="", help="AWS region; default: AWS_REGION, the profile's.")
@click.pass_context
def doctor(context: click.Context, aws: str | None, region: str) -> None:
    """Say what is wrong with this machine's set-up and what to do about it.

    Looks at settings, addresses, ports, folders, database, what courses need, Jupyter and the
    running programs, and changes nothing. The exit status is 1 if there is a problem; advice alone
    leaves it 0.
    """
    problems = 0
    for examination in _examinations() if aws is None else examine_aws(aws, region):
        for line in render_examination(examination):
            click.echo(line)
        problems += sum(finding.is_problem for finding in examination.findings)
    click.echo(_verdict(problems))
    context.exit(1 if problems else 0)


def render_examination(examination: Examination) -> Iterator[str]:
    """Yield the lines for one area: praise, or two lines a finding."""
    area = examination.area.ljust(10)
    if not examination.findings:
        yield f"ok      {area} {examination.praise}"
    for finding in examination.findings:
        yield f"{'PROBLEM' if finding.is_problem else 'advice '} {area} {finding.wrong}"
        yield f"{'':18} → {finding.remedy}"


def _examinations() -> Iterator[Examination]:
    """Yield each area as soon as it is known: Jupyter and silent programs take seconds."""
    try:
        settings = read_settings()
    except InvalidSettings as invalid:
        yield _examine_settings(invalid.problems)
        return
    yield _examine_settings(())
    yield examine_origins(
        Origins(settings.front_origin, settings.notebook_origin, settings.lms_origins)
    )
    yield examine_folders(machine_facts.find_folders(settings))
    yield examine_private_files(machine_facts.find_private_files(settings))
    places = _places(settings)
    yield examine_disks(machine_facts.find_disks(settings))
    yield examine_socket_path(machine_facts.measure_socket_path(places.server_socket(SHARED)))
    yield from _examine_store(settings)
    yield examine_jupyter(service_facts.find_jupyter(settings))


def _examine_store(settings: Settings) -> Iterator[Examination]:
    """Yield what needs the database, or a look at the running programs."""
    try:
        store = Store(settings.store_url) if service_facts.has_database(settings) else None
    except InvalidSettings as invalid:
        yield _examine_settings(invalid.problems)
        return
    programs = service_facts.find_programs(_places(settings))
    try:
        yield examine_database(service_facts.find_database(settings, store))
        yield examine_clock(system_clock(), _newest(settings, store))
        yield examine_courses(find_course_tools(store))
        yield examine_ports(machine_facts.find_ports(settings, {each.pid for each in programs}))
        yield examine_service(_service(settings, store, programs))
    finally:
        if store is not None:
            store.close()


def _examine_settings(problems: Sequence[str]) -> Examination:
    remedy = "docs/settings.md has what each may be; `sifu check` shows what holds."
    findings = tuple(Finding(problem, remedy) for problem in problems)
    return Examination("settings", "Every setting can be used.", findings)


def _newest(settings: Settings, store: Store | None) -> TimeStamp | None:
    row = service_facts.newest_row_time(store)
    stamps = [machine_facts.newest_file_time(settings)]
    stamps += [None if row is None else TimeStamp("the newest row of the database", row)]
    known = [stamp for stamp in stamps if stamp is not None]
    return max(known, key=lambda stamp: stamp.at, default=None)


def _service(settings: Settings, store: Store | None, programs: list[Program]) -> Service:
    records = service_facts.find_servers(store)
    lost = [str(each.name) for each in records if not (each.pid and processes.live(each.pid))]
    answers = _answers(settings) if programs else []
    return Service(programs, answers, lost)


def _answers(settings: Settings) -> list[Answer]:
    host = "127.0.0.1" if settings.bind in {"", "0.0.0.0", "::"} else settings.bind  # noqa: S104
    return [
        service_facts.ask_health("front", host, settings.front_port, "/healthz"),
        service_facts.ask_health("relay", host, settings.notebook_port, "/-/healthz"),
    ]


def _places(settings: Settings) -> Places:
    return places_of(settings)


def _verdict(problems: int) -> str:
    if not problems:
        return "\nAll is well."
    return f"\n{problems} problem{'s' if problems > 1 else ''} to put right."
