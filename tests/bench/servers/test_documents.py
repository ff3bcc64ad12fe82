"""The page keeps what people wrote; the JSON has what was measured."""

import json
from pathlib import Path

import pytest

from bench.goals import TIMES
from bench.rounds import Results
from bench.servers.documents import BEGIN, END, as_json, update_page
from bench.servers.session import ONE


def results() -> Results:
    made = Results(versions={"sifu": "1", "jupyterhub": "6"})
    for rival, seconds in (("sifu", 0.2), ("jupyterhub", 2.0)):
        made.add(ONE, rival, {"seconds": seconds})
        made.add(ONE, rival, {"seconds": seconds * 2})
    return made


def test_only_what_stands_between_the_comments_is_written_over(tmp_path: Path):
    page = tmp_path / "performance.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    update_page(page, results(), ["sifu", "jupyterhub"])
    text = page.read_text()
    assert text.startswith(f"before\n{BEGIN}\n")
    assert text.endswith(f"{END}\nafter\n")
    assert "old" not in text
    assert f"0.30 · 0.10{TIMES}" in text


def test_a_page_without_the_comments_is_left_alone(tmp_path: Path):
    page = tmp_path / "performance.md"
    page.write_text("nothing\n")
    with pytest.raises(ValueError, match="comments"):
        update_page(page, results(), ["sifu"])
    assert page.read_text() == "nothing\n"


def test_the_documentation_has_the_place_for_the_figures():
    text = (Path(__file__).parents[3] / "docs" / "performance.md").read_text()
    assert text.count(BEGIN) == text.count(END) == 1


def test_the_json_has_rounds_medians_and_verdicts():
    document = json.loads(as_json(results()))
    assert document["rounds"][ONE]["sifu"]["seconds"] == [0.2, 0.4]
    assert document["medians"][ONE]["jupyterhub"]["seconds"] == 3.0
    assert [goal["verdict"] for goal in document["goals"]] == [
        "held",
        "not measured",
        "not measured",
    ]
