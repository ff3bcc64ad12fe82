"""The documentation says what the code says, its links lead somewhere, and it names no machine."""

import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from proxy.cli import main
from proxy.settings import Settings, effective
from proxy.web import pages
from proxy.web.api_events import EventStreams
from proxy.web.api_table import list_endpoints
from proxy.web.health import HealthCheck
from proxy.web.openapi import with_document

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
ENDPOINTS = with_document(list_endpoints(HealthCheck(), EventStreams()))
LINK = re.compile(r"\]\(([^)\s]+)\)|\b(?:src|href)=\"([^\"]+)\"")
# Written in pieces, so that this file does not hold what it looks for.
FORBIDDEN = (
    "py" + "pi.org",
    "python" + "hosted.org",
    "registry." + "npmjs",
    "registry-1." + "docker.io",
    "conda." + "anaconda.org",
    "/wo" + "rk/main",
    "/wo" + "rk/shared",
    "/ro" + "ot/.",
    "/opt/py" + "pi",
    ".py" + "env/",
    "file:" + "///opt",
)


def our_files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    paths = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    return [path for path in paths if path.is_file()]


def page(name: str) -> str:
    return (ROOT / "docs" / name).read_text()


def anchors(path: Path) -> set[str]:
    """Return the anchors that headings make: lower case, hyphens for spaces, no punctuation."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def commands(command: click.Command, path: str = "sifu") -> list[str]:
    if not isinstance(command, click.Group):
        return [path]
    return [
        found
        for name, each in command.commands.items()
        for found in commands(each, f"{path} {name}")
    ]


_STALE = """
import runpy
rendered = runpy.run_path("docs/generate.py")["rendered"]()
print(*[path.name for path, text in rendered.items() if path.read_text() != text])
"""


def test_generated_tables_are_up_to_date():
    """In a process of its own: what other tests did to click and the environment is not in it."""
    command = [sys.executable, "-c", _STALE]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    assert done.stdout.split() == [], "run `make docs`"


@pytest.mark.parametrize("name", effective(Settings()))
def test_every_setting_is_documented(name):
    assert f"`{name}`" in page("settings.md")


@pytest.mark.parametrize("command", commands(main))
def test_every_command_is_documented(command):
    assert f"## {command}\n" in page("cli.md")


@pytest.mark.parametrize("path", sorted({route.path for route in pages.routes()}))
def test_every_page_is_documented(path):
    assert f"`{path}`" in page("api.md")


@pytest.mark.parametrize("path", sorted({row.path for row in ENDPOINTS}))
def test_every_endpoint_is_documented(path):
    assert f"`{path}`" in page("api.md")


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path):
    targets = [match[0] or match[1] for match in LINK.findall(path.read_text())]
    lost = []
    for target in targets:
        if "://" in target or target.startswith("mailto:"):
            continue
        name, _, anchor = target.partition("#")
        there = path.parent / name if name else path
        if not there.exists() or (anchor and anchor not in anchors(there)):
            lost.append(target)
    assert not lost


def test_every_decision_is_numbered_without_a_gap():
    names = sorted(path.name for path in (ROOT / "docs" / "decisions").glob("*.md"))
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))


def test_the_repository_names_no_registry_and_no_machine():
    found = [
        f"{path.relative_to(ROOT)}: {pattern}"
        for path in our_files()
        for pattern in FORBIDDEN
        if pattern.encode() in path.read_bytes()
    ]
    assert not found
