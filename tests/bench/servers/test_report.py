"""What is printed says how Sifu compares, what was reached, and what is not known."""

from bench.goals import TIMES
from bench.report import as_text
from bench.rounds import Results
from bench.servers.report import GOALS, figures_table, goals_table, remarks
from bench.servers.rivals import HUB
from bench.servers.session import ALL, MEMORY, ONE


def results(*, ours: float, theirs: float) -> Results:
    made = Results()
    for rival, value in (("sifu", ours), (HUB, theirs)):
        made.versions[rival] = "1"
        for workload in (ONE, ALL):
            made.add(workload, rival, {"seconds": value})
        made.add(MEMORY, rival, {"per_server": value, "stubs": 1.0})
    return made


def test_a_ratio_is_ours_divided_by_jupyterhubs():
    table = figures_table(results(ours=0.5, theirs=2.0), ["sifu", HUB])
    assert table[1][1:] == [f"0.50 · 0.25{TIMES}", "2.00"]


def test_a_part_of_a_figure_is_not_compared():
    lines = figures_table(results(ours=0.5, theirs=2.0), ["sifu", HUB])
    assert next(line for line in lines if "stubs" in line[0])[1:] == ["1.00", "1.00"]


def test_a_goal_is_met_up_to_its_limit_and_missed_above():
    met = goals_table(results(ours=0.15, theirs=1.0))
    assert [line[-1] for line in met[1:]] == ["✓", "✓", "✓"]
    missed = goals_table(results(ours=0.5, theirs=1.0))
    assert [line[-1] for line in missed[1:]] == ["✗", "✗", "✓"]


def test_without_jupyterhub_no_goal_is_judged_and_no_ratio_guessed():
    alone = results(ours=0.1, theirs=1.0)
    for rivals in alone.runs.values():
        rivals.pop(HUB)
    alone.versions.pop(HUB)
    alone.missing[HUB] = "JupyterHub could not be fetched with pip"
    assert [line[-1] for line in goals_table(alone)[1:]] == ["?"] * len(GOALS)
    assert figures_table(alone, ["sifu"])[1][1] == "0.10"
    assert "missing: jupyterhub: JupyterHub could not be fetched with pip" in remarks(alone)


def test_one_failed_round_takes_the_figure_away_and_says_why():
    failed = results(ours=0.1, theirs=1.0)
    failed.fail(ALL, "sifu", "POST /api/servers: 503")
    table = figures_table(failed, ["sifu", HUB])
    assert table[2][1] == "failed"
    assert "failed: sifu, all: POST /api/servers: 503" in remarks(failed)
    assert goals_table(failed)[2][-1] == "?"


def test_every_line_of_a_table_has_as_many_cells():
    made = results(ours=0.1, theirs=1.0)
    for table in (figures_table(made, ["sifu", HUB]), goals_table(made)):
        assert len({len(line) for line in table}) == 1
        assert len(as_text(table).splitlines()) == len(table)
