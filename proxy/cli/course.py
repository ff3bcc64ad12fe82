"""`sifu course …`: courses that come from git repositories."""

from pathlib import Path
from typing import Any
from urllib.parse import quote

import click

from proxy.cli import course_copies, course_environment, course_people
from proxy.cli.columns import align_rows, format_time
from proxy.cli.course_statistics import statistics
from proxy.cli.front_api import open_front
from proxy.cli.job_following import follow_job
from proxy.core.errors import NotFound

_MOST_SECRET = 16 * 1024


@click.group()
def course() -> None:
    """Courses from git repositories. Sifu must run."""


for _command in (
    *course_people.COMMANDS,
    *course_copies.COMMANDS,
    *course_environment.COMMANDS,
    statistics,
):
    course.add_command(_command)


def _options(command: Any) -> Any:
    """What can be said of a course when it is added, and changed later."""
    for option in (
        click.option("--branch", help="A branch or tag; otherwise the repository's own choice."),
        click.option("--directory", help="Only this folder of the repository."),
        click.option("--title", help="What people call it; otherwise as sifu.toml says."),
        click.option(
            "--token-file",
            type=click.Path(dir_okay=False, path_type=Path),
            help="File with the token that opens it over https; - is standard input.",
        ),
        click.option(
            "--deploy-key",
            type=click.Path(dir_okay=False, path_type=Path),
            help="File with the private key that opens it over ssh.",
        ),
        click.option(
            "--open/--members",
            "is_open",
            default=None,
            help="Who has it: whoever may sign in, or those who are sent or listed (the default).",
        ),
        click.option("--update-every", type=int, metavar="SECONDS", help="0 is by hand."),
    ):
        command = option(command)
    return command


@course.command("add")
@click.argument("name")
@click.argument("url")
@click.option("--no-wait", is_flag=True, help="Do not wait until it is fetched.")
@_options
def add_course(name: str, url: str, no_wait: bool, **said: Any) -> None:
    """Add a course: https://…, ssh://… or git@host:path."""
    with open_front() as front:
        job = front.ask("POST", "/api/courses", {"name": name, "url": url} | _body(said))
        click.echo(f"Added the course “{name}”.", err=True)
        if not no_wait:
            follow_job(front, job)


@course.command("list")
def list_courses() -> None:
    """List the courses that have a repository."""
    with open_front() as front:
        found = front.ask("GET", "/api/courses")
    if not found:
        click.echo("There is no course yet. `sifu course add NAME URL` adds one.", err=True)
        return
    rows = [("NAME", "VERSION", "UPDATED", "EVERY", "STATE", "REPOSITORY")]
    rows += [_row(each) for each in found]
    for line in align_rows(rows):
        click.echo(line)


@course.command("show")
@click.argument("name")
def show_course(name: str) -> None:
    """Show a course and what was done for it."""
    with open_front() as front:
        found = front.ask("GET", _path(name))
        jobs = front.ask("GET", _path(name, "jobs"))
    for key in ("name", "title", "url", "branch", "directory", "enrolment", "update_every"):
        click.echo(f"{key.replace('_', ' ')}: {found[key] or '-'}")
    click.echo(f"version: {found['version'] or '-'}")
    click.echo(f"updated: {format_time(found['updated'])}")
    click.echo(f"interface: {found['interface']}")
    for track in found["tracks"]:
        click.echo(f"track: {track['title']} ({len(track['notebooks'])})")
    click.echo(f"kept: {', '.join(found['secrets']) or '-'}")
    if found["archived"]:
        click.echo(f"archived: {format_time(found['archived'])}")
    if found["problem"]:
        click.echo(f"problem: {found['problem']}")
    rows = [("JOB", "KIND", "STATE", "STARTED", "BY", "WHAT CAME OF IT")]
    rows += [_job_row(each) for each in jobs]
    for line in align_rows(rows):
        click.echo(line)


@course.command("change")
@click.argument("name")
@click.option("--url", help="Its new address; what opens the old one is forgotten.")
@_options
def change_course(name: str, url: str | None, **said: Any) -> None:
    """Change what was said of a course."""
    body = ({} if url is None else {"url": url}) | _body(said)
    if not body:
        raise click.UsageError("Say what is to change.")
    with open_front() as front:
        front.ask("PATCH", _path(name), body)
    click.echo(f"Changed the course “{name}”.", err=True)


@course.command("update")
@click.argument("name")
@click.option("--no-wait", is_flag=True, help="Do not wait for its end.")
def update_course(name: str, no_wait: bool) -> None:
    """Bring a course to the newest version of its repository."""
    with open_front() as front:
        job = front.ask("POST", _path(name, "update"))
        if no_wait:
            click.echo(f"Job {job['id']} updates the course “{name}”.", err=True)
        else:
            follow_job(front, job)


@course.command("log")
@click.argument("name")
@click.option("--job", "number", type=click.IntRange(1), help="Otherwise the latest.")
def show_log(name: str, number: int | None) -> None:
    """Print what a job wrote, and follow one that goes on."""
    with open_front() as front:
        if number is None:
            jobs = front.ask("GET", _path(name, "jobs"))
            if not jobs:
                raise NotFound(f"Nothing was done for a course “{name}” yet.")
            number = jobs[0]["id"]
        follow_job(front, front.ask("GET", _path(name, f"jobs/{number}")))


@course.command("archive")
@click.argument("name")
def archive_course(name: str) -> None:
    """Put a course away: it is not shown and not launched, and all files stay."""
    with open_front() as front:
        front.ask("PUT", _path(name, "archived"), {"archived": True})
    click.echo(f"Archived “{name}”. `sifu course unarchive` brings it back.", err=True)


@course.command("unarchive")
@click.argument("name")
def unarchive_course(name: str) -> None:
    """Take a course out of the archive."""
    with open_front() as front:
        front.ask("PUT", _path(name, "archived"), {"archived": False})
    click.echo(f"“{name}” is back.", err=True)


@course.command("export")
@click.argument("name")
def export_course(name: str) -> None:
    """Write a course into a file below SIFU_DATA/course-exports."""
    with open_front() as front:
        follow_job(front, front.ask("POST", _path(name, "export")))


@course.command("remove")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask whether you are sure.")
def remove_course(name: str, yes: bool) -> None:
    """Export a course, then remove it. People's own files stay."""
    if not yes:
        click.confirm(f"Remove the course “{name}”?", abort=True, err=True)
    with open_front() as front:
        follow_job(front, front.ask("DELETE", _path(name)))


@course.command("webhook")
@click.argument("name")
def make_webhook(name: str) -> None:
    """Make a secret for the course's webhook, in place of the one before, and print it."""
    with open_front() as front:
        made = front.ask("POST", _path(name, "webhook"))
    click.echo(f"Let the git service send its pushes to {made['url']}, with this secret:", err=True)
    click.echo(made["secret"])


def _path(name: str, below: str = "") -> str:
    return f"/api/courses/{quote(name, safe='')}{f'/{below}' if below else ''}"


def _body(said: dict[str, Any]) -> dict[str, object]:
    body = {name: said[name] for name in ("branch", "directory", "title", "update_every")}
    body["open"] = said["is_open"]
    for key, path in (("token", said["token_file"]), ("deploy_key", said["deploy_key"])):
        body[key] = None if path is None else _read_secret(path)
    return {name: value for name, value in body.items() if value is not None}


def _read_secret(path: Path) -> str:
    with click.open_file(str(path)) as file:
        return str(file.read(_MOST_SECRET))


def _row(each: dict[str, Any]) -> tuple[str, str, str, str, str, str]:
    state = "archived" if each["archived"] else "failed" if each["problem"] else "-"
    every = f"{each['update_every']} s" if each["update_every"] else "-"
    version = each["version"][:10] or "-"
    return (each["name"], version, format_time(each["updated"]), every, state, each["url"])


def _job_row(job: dict[str, Any]) -> tuple[str, str, str, str, str, str]:
    summary = job["summary"].partition("\n")[0]
    started = format_time(job["started"])
    return (str(job["id"]), job["kind"], job["state"], started, job["by"] or "-", summary)
