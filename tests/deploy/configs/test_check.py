"""All files together; and nothing that anybody writes makes the checker fall over."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.deploy.configs.check import MOST, check_configs
from proxy.deploy.options.table import read_table
from tests.deploy.sections import reasons

NAMES = frozenset({"SIFU_ADMIN"})
WORDS = [
    *("option_settings", "Resources", "files", "commands", "Type", "Ref", "Fn::GetAtt", "value"),
    *("namespace", "option_name", "mode", "content", "x", "1", "", "true", "AWSEBSecurityGroup"),
    *list(read_table())[:6],
]


def found(**files):
    texts = {f"{name}.config": text for name, text in files.items()}
    return [(each.path, each.line) for each in check_configs(texts, NAMES)]


def test_problems_come_in_order_of_file_and_line():
    bad = "option_settings:\n  aws:autoscaling:asg:\n    Min: 1\n    MaxSize: lots\n"
    assert found(b=bad, a="x: 1\n") == [("a.config", 1), ("b.config", 3), ("b.config", 4)]


def test_files_are_compared():
    text = "option_settings:\n  aws:autoscaling:asg:\n    MinSize: {}\n"
    assert found(a=text.format(1), b=text.format(2)) == [("b.config", 3)]
    assert found(a=text.format(1), b=text.format(1)) == []


def test_references_reach_from_file_to_file():
    topic = "Resources: {Topic: {Type: 'AWS::SNS::Topic'}}"
    output = "Outputs: {Name: {Value: {Ref: Topic}}}"
    assert found(a=topic, b=output) == []
    assert found(b=output) == [("b.config", 1)]


def test_a_file_of_faults_is_told_in_part():
    text = "".join(f"x{number}: 1\n" for number in range(3 * MOST))
    assert len(found(a=text)) == MOST


def test_aliases_cannot_make_the_work_grow():
    layers = ["a0: &a0 {b: [x, x]}"]
    layers += [f"a{n}: &a{n} [" + ", ".join([f"*a{n - 1}"] * 9) + "]" for n in range(1, 12)]
    assert len(found(a="\n".join(layers))) <= MOST


@pytest.mark.parametrize(
    "text", ["", "\ufeff", "- ", "? ", "{", "\x85", "!!set {a}", "%YAML 9.9\n"]
)
def test_odd_texts_give_problems(text):
    assert found(a=text) != []


@given(st.text(max_size=200))
def test_no_text_makes_the_checker_fail(text):
    check_configs({"a.config": text}, NAMES)


@given(
    st.recursive(
        st.sampled_from(WORDS),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=4)
        ),
        max_leaves=12,
    )
)
def test_no_document_makes_the_checker_fail(document):
    import yaml

    text = yaml.safe_dump(document)
    for problem in check_configs({"a.config": text, "b.config": text}, NAMES):
        assert problem.path in {"a.config", "b.config"}
        assert 0 <= problem.line <= text.count("\n") + 1
        assert problem.reason[-1] in ".?"


def test_a_good_file_has_no_problems():
    assert reasons("option_settings:\n  aws:autoscaling:asg:\n    MinSize: 1\n") == []
