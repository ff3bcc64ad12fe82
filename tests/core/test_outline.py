"""`sifu.toml`: what it says, and every problem of it at once."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.core.course import Interface, Outline, Track, TrackNotebook
from proxy.core.outline import BadOutline, _Reading, read_outline

FILES = frozenset(
    {"a.ipynb", "week1/means.ipynb", "week1/plots.md", "week1/plots.ipynb", "data/x.csv"}
    | {"requirements.txt", "env/more.txt"}
)
WHOLE = """
title = " Statistics 1 "
interface = "single"
static = ["data"]
idle_timeout = 3600

[environment]
requirements = "env/more.txt"
image = "registry.example.org/stats:1"

[[track]]
title = "Week 1"
notebooks = ["week1/means.ipynb", "a", { path = "week1/plots.md", title = "Plots" }]
"""


def problems_of(text: str) -> tuple[str, ...]:
    with pytest.raises(BadOutline) as raised:
        read_outline(text, FILES)
    return raised.value.problems


def test_everything_that_it_may_say() -> None:
    assert read_outline(WHOLE, FILES) == Outline(
        title="Statistics 1",
        tracks=(
            Track(
                "Week 1",
                (
                    TrackNotebook("week1/means.ipynb", "means"),
                    TrackNotebook("a.ipynb", "a"),
                    TrackNotebook("week1/plots.ipynb", "Plots"),
                ),
            ),
        ),
        interface=Interface.SINGLE,
        static=("data",),
        requirements="env/more.txt",
        image="registry.example.org/stats:1",
        idle_timeout=3600,
    )


def test_without_it_a_list_of_packages_counts() -> None:
    assert read_outline(None, FILES) == Outline(requirements="requirements.txt")
    assert read_outline("", FILES).requirements == "requirements.txt"
    assert read_outline('[environment]\nrequirements = ""', FILES).requirements == ""
    assert read_outline(None, {"a.ipynb"}) == Outline()


def test_every_problem_at_once_with_its_place() -> None:
    text = (
        'titel = "x"\ninterface = "emacs"\nstatic = ["nowhere"]\nidle_timeout = true\n'
        '[environment]\nrequirements = "none.txt"\n[[track]]\nnotebooks = ["lost", {titel = "x"}]\n'
    )
    problems = problems_of(text)
    known = "environment, idle_timeout, interface, static, title, track"
    assert problems[0] == f"sifu.toml, titel: not known; there is {known}."
    assert "sifu.toml, interface: this is one of lab, notebook, single." in problems
    assert "sifu.toml, static: there is no folder “nowhere” in the course." in problems
    assert any(each.startswith("sifu.toml, idle_timeout: ") for each in problems)
    assert any(each.startswith("sifu.toml, track 1, title: ") for each in problems)
    assert "sifu.toml, track 1, notebook 1: there is no “lost” in the course." in problems
    assert "sifu.toml, track 1, notebook 2: its path is missing." in problems
    assert "sifu.toml, environment.requirements: there is no “none.txt” in the course." in problems


def test_what_is_no_toml_is_told_with_its_line() -> None:
    (problem,) = problems_of('title = "x"\nstatic = [\n')
    assert problem.startswith("sifu.toml: ")
    assert "line" in problem or "end of document" in problem


@pytest.mark.parametrize(
    "text",
    [
        "title = 1",
        'title = "a\\nb"',
        f'title = "{"x" * 201}"',
        "interface = []",
        'static = "data"',
        "static = [1]",
        'static = ["../x"]',
        'static = ["data/"]',
        'static = [""]',
        "idle_timeout = 1",
        "idle_timeout = 1.5",
        "environment = 1",
        "environment.requirements = 1",
        "environment.requirements = []",
        "environment.image = 1",
        'environment.image = "a b"',
        'environment.image = "é"',
        "environment.more = 1",
        "track = 1",
        "track = [1]",
        '[track]\ntitle = "x"',
        '[[track]]\ntitle = "x"',
        '[[track]]\ntitle = "x"\nnotebooks = []',
        '[[track]]\ntitle = "x"\nnotebooks = [1]',
        '[[track]]\ntitle = "x"\nnotebooks = ["../a.ipynb"]',
        '[[track]]\ntitle = "x"\nnotebooks = [{path = "a", more = 1}]',
        '[[track]]\ntitle = "x"\nnotebooks = [{path = "a", title = ""}]',
        '[[track]]\ntitle = "  "\nnotebooks = ["a"]',
        "a = " + "[" * 5000,
    ],
)
def test_values_that_are_refused(text: str) -> None:
    assert all(problem.startswith("sifu.toml") for problem in problems_of(text))


_VALUES = st.recursive(
    st.text(max_size=5) | st.integers() | st.booleans() | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)


@given(st.sampled_from(["title", "interface", "static", "environment", "track"]), _VALUES)
def test_whatever_stands_there_is_read_or_refused(key: str, value: object) -> None:
    reading = _Reading(FILES)
    outline = reading.outline({key: value}, Outline())
    assert reading.problems or isinstance(outline, Outline)


@given(st.text(max_size=200))
def test_whatever_text_is_read_or_refused(text: str) -> None:
    with suppress(BadOutline):
        assert isinstance(read_outline(text, FILES), Outline)
