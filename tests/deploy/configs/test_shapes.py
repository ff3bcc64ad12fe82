"""What most sections have in common."""

from proxy.deploy.configs import shapes as config_shapes
from tests.deploy.sections import entry_in


def entry(text):
    return entry_in(f"name: {text}\n", "name")


def count(remarks):
    return len(list(remarks))


def test_keys_are_known_or_suggested():
    (remark,) = config_shapes.check_keys(entry("{comand: x}"), ("command", "cwd"))
    assert remark.reason.endswith("Did you mean “command”?")
    assert count(config_shapes.check_keys(entry("x"), ("command",))) == 1


def test_truths_may_be_quoted():
    assert count(config_shapes.check_truth(entry("'True'"))) == 0
    assert count(config_shapes.check_truth(entry("no"))) == 0
    assert count(config_shapes.check_truth(entry("1"))) == 1
    assert count(config_shapes.check_truth(None)) == 0


def test_texts_may_be_functions_and_lists_where_lists_are_meant():
    assert count(config_shapes.check_text(entry("{Ref: x}"))) == 0
    assert count(config_shapes.check_text(entry("[x]"))) == 1
    assert count(config_shapes.check_texts(entry("[x]"))) == 0
    assert count(config_shapes.check_texts(entry("[[x]]"))) == 1
    assert count(config_shapes.check_texts(None)) == 0


def test_a_section_is_a_mapping():
    assert count(config_shapes.check_mapping(entry("[x]").value, "this")) == 1
    assert count(config_shapes.check_mapping(entry("{a: b}").value, "this")) == 0
