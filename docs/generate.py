"""The tables in `docs/` that come from the code.

    python docs/generate.py           rewrite them
    python docs/generate.py --check   write nothing; exit status 1 if one is not up to date

Each table stands between two comments that name it; the words around it are written by hand.
"""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
from prometheus_client.metrics import MetricWrapperBase

from proxy import metrics
from proxy.cli import main as command_line
from proxy.settings import PREFIX, Secret, Settings, effective
from proxy.web import pages
from proxy.web.api_events import EventStreams
from proxy.web.api_table import list_endpoints
from proxy.web.health import HealthCheck
from proxy.web.openapi import with_document

DOCS = Path(__file__).parent


def main(arguments: list[str]) -> int:
    stale = [path for path, text in rendered().items() if path.read_text() != text]
    for path in stale:
        sys.stdout.write(f"{path} {'is out of date' if '--check' in arguments else 'rewritten'}\n")
        if "--check" not in arguments:
            path.write_text(rendered()[path])
    return 1 if stale and "--check" in arguments else 0


def rendered() -> dict[Path, str]:
    """Return every page that holds a table, as it should be."""
    texts: dict[Path, str] = {}
    for name, (page, lines) in TABLES.items():
        path = DOCS / page
        texts[path] = _replaced(texts.get(path) or path.read_text(), name, "\n".join(lines()))
    return texts


def _replaced(text: str, name: str, table: str) -> str:
    begin, end = f"<!-- begin {name}: `make docs` writes this -->", f"<!-- end {name} -->"
    head, _, rest = text.partition(begin)
    _, found, tail = rest.partition(end)
    if not found:
        raise ValueError(f"the comments around the table “{name}” are missing")
    return f"{head}{begin}\n{table}\n{end}{tail}"


def _settings() -> Iterator[str]:
    yield "| Name | Default | Meaning |"
    yield "|---|---|---|"
    defaults = effective(Settings())
    for name, spec in Settings.__dataclass_fields__.items():
        setting = PREFIX + name.upper()
        default = f"`{defaults[setting]}`" if defaults[setting] else ""
        also = f" (or `{setting}_FILE`)" if spec.type is Secret else ""
        yield f"| `{setting}`{also} | {default} | {spec.metadata['description']} |"


def _commands() -> Iterator[str]:
    yield from _command(command_line, "sifu", None)


def _command(command: click.Command, name: str, parent: click.Context | None) -> Iterator[str]:
    settings = {**command.context_settings, "terminal_width": 88}
    context = click.Context(command, info_name=name, parent=parent, **settings)
    yield from ("", f"## {context.command_path}", "", "```text")
    yield from (line.rstrip() for line in command.get_help(context).splitlines())
    yield "```"
    if isinstance(command, click.Group):
        for each in command.list_commands(context):
            found = command.get_command(context, each)
            if found is not None:
                yield from _command(found, each, context)


def _endpoints() -> Iterator[str]:
    yield "| Method | Path | Who | What | Answers |"
    yield "|---|---|---|---|---|"
    for row in with_document(list_endpoints(HealthCheck(), EventStreams())):
        statuses = ", ".join(str(reply.status) for reply in row.replies)
        yield f"| {row.method} | `{row.path}` | {row.caller.value} | {row.summary} | {statuses} |"


def _pages() -> Iterator[str]:
    yield "| Method | Path | What |"
    yield "|---|---|---|"
    for route in pages.routes():
        what = (route.handler.__doc__ or "").strip().splitlines()[0].removesuffix(".")
        yield f"| {route.method} | `{route.path}` | {what} |"


def _metrics() -> Iterator[str]:
    yield "| Name | Kind | Labels | Meaning |"
    yield "|---|---|---|---|"
    declared = [each for each in vars(metrics).values() if isinstance(each, MetricWrapperBase)]
    for metric in declared:
        (family,) = metric.collect()
        name = family.name + ("_total" if family.type == "counter" else "")
        labels = sorted(_label_values(metric))
        yield f"| `{name}` | {family.type} | {', '.join(labels)} | {family.documentation} |"


def _label_values(metric: MetricWrapperBase) -> set[str]:
    """Return `label=value` for every value that a label can take."""
    return {
        f"`{label}={value}`"
        for family in metric.collect()
        for sample in family.samples
        for label, value in sample.labels.items()
        if label != "le"
    }


TABLES: dict[str, tuple[str, Callable[[], Iterator[str]]]] = {
    "settings": ("settings.md", _settings),
    "commands": ("cli.md", _commands),
    "endpoints": ("api.md", _endpoints),
    "pages": ("api.md", _pages),
    "metrics": ("metrics.md", _metrics),
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
