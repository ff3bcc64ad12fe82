"""What is printed can be read without knowing how it was computed."""

from xml.etree import ElementTree

from bench.goals import TIMES
from bench.plot import draw
from bench.report import as_markdown, as_text, figures_table, goals_table, number, remarks
from bench.rounds import Results


def results() -> Results:
    made = Results()
    for peer, work in (("sifu", 30_123.0), ("nginx", 90_000.0), ("chp5", 5_000.0)):
        made.add("get64", peer, {"work": work})
        made.add("get64", peer, {"work": work * 1.1})
        made.add("idle", peer, {"at_1000": 5.0, "at_5000": 4.0, "resident": 80.0})
    made.missing["caddy"] = "caddy is not installed"
    return made


def test_a_ratio_is_above_one_where_we_are_better_whatever_is_good():
    made = Results()
    made.add("get64", "sifu", {"work": 20.0})
    made.add("get64", "chp5", {"work": 5.0})
    made.add("get1", "sifu", {"p50": 100.0})
    made.add("get1", "chp5", {"p50": 300.0})
    _, work, latency = figures_table(made, ["sifu", "chp5"])
    assert work[2].endswith("4.0" + TIMES)
    assert latency[2].endswith("3.0" + TIMES)


def test_a_failed_run_says_so_and_why():
    made = results()
    made.fail("get64", "chp5", "7 answers were refusals")
    assert figures_table(made, ["sifu", "chp5"])[1][2] == "failed"
    assert "failed: chp5, get64: 7 answers were refusals" in remarks(made)


def test_a_missing_rival_is_named_with_its_reason():
    assert "missing: caddy: caddy is not installed" in remarks(results())


def test_what_nobody_measured_has_no_line():
    table = figures_table(results(), ["sifu", "nginx"])
    assert not any("upload" in line[0] for line in table)


def test_numbers_have_three_digits():
    assert [number(value) for value in (30_123.0, 1_234.5, 123.4, 5.04)] == [
        "30,100",
        "1,230",
        "123",
        "5.0",
    ]


def test_every_line_of_a_table_has_as_many_cells():
    for table in (
        figures_table(results(), ["sifu", "nginx"]),
        goals_table(results(), has_pair=False),
    ):
        assert len({len(line) for line in table}) == 1
        assert len(as_text(table).splitlines()) == len(table)
        assert len(as_markdown(table).splitlines()) == len(table) + 1


def test_the_drawing_is_well_formed_and_shows_each_measured_peer():
    drawing = ElementTree.fromstring(draw(results()))  # noqa: S314 (our own)
    shown = {element.text for element in drawing.iter("{http://www.w3.org/2000/svg}text")}
    assert {"sifu", "nginx", "chp5", number(30_123 * 1.05)} <= shown
    assert "naive" not in shown


def test_the_drawing_knows_light_and_dark():
    assert "prefers-color-scheme: dark" in draw(results())
