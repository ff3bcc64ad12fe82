"""`sifu course statistics …`: who opens what, straight from the store, whether Sifu runs or not."""

import click
from sqlalchemy import Connection

from proxy.cli.columns import align_rows
from proxy.cli.installation import open_installation
from proxy.core.clock import system_clock
from proxy.core.course_statistics import Statistics, titles_of
from proxy.core.errors import NotFound
from proxy.core.statistics_export import FILES, write_csv
from proxy.core.statistics_span import Span, read_span, say_day
from proxy.store import courses
from proxy.store import statistics as course_statistics
from proxy.store.statistics import WantedStatistics


@click.command("statistics")
@click.argument("name")
@click.option("--from", "begin", default="", help="The first day, like 2027-01-31 (UTC).")
@click.option("--until", default="", help="The last day; default: today.")
@click.option("--csv", "file", type=click.Choice(list(FILES)), help="One table, for spreadsheets.")
def statistics(name: str, begin: str, until: str, file: str | None) -> None:
    """Show how many students opened which notebooks of a course, the last 30 days.

    Teachers and administrators are not counted. In the CSV no cell is a formula: those that
    spreadsheets would run get an apostrophe.
    """
    span = read_span({"from": begin, "until": until}, system_clock())
    with open_installation() as here:
        found = here.store.read_now(_look, name, span)
    if file is not None:
        click.echo(write_csv(file, found), nl=False)
        return
    click.echo(
        f"{found.active} of {len(found.students)} students opened {found.opened} notebooks, "
        f"{found.openings} times, from {say_day(span.first)} to {say_day(span.last)}."
    )
    rows = [("NOTEBOOK", "STUDENTS", "OPENINGS")]
    rows += [(each.name, str(each.people), str(each.openings)) for each in found.notebooks]
    for line in align_rows(rows):
        click.echo(line)


def _look(connection: Connection, name: str, span: Span) -> Statistics:
    entry = courses.find(connection, name)
    order = tuple(titles_of(entry))
    wanted = WantedStatistics(name, span.first, span.last, None, order)
    found = course_statistics.look(connection, wanted)
    if entry is None and not found.students and not found.notebooks:
        raise NotFound(f"There is no course “{name}”.")
    return found
