"""A reference to nothing fails the whole environment."""

import pytest

from proxy.deploy.configs.references import find_lost_references
from tests.deploy.sections import root_of


def lost(*texts):
    roots = {f"{number}.config": root_of(text) for number, text in enumerate(texts)}
    return [(each.path, each.line) for each in find_lost_references(roots)]


@pytest.mark.parametrize(
    "value",
    [
        "{Ref: Gone}",
        "!Ref Gone",
        "{'Fn::GetAtt': [Gone, Arn]}",
        "{'Fn::GetAtt': Gone.Arn}",
        "!GetAtt Gone.Arn",
        "!GetAtt [Gone, Arn]",
        "{'Fn::Join': ['', [a, {Ref: Gone}]]}",
        '\'`{"Ref": "Gone"}`\'',
        '\'`{"Fn::GetAtt": ["Gone", "Arn"]}`\'',
    ],
)
def test_every_way_to_refer_is_followed(value):
    text = f"option_settings:\n  a:\n    b: {value}\n"
    assert lost(text) == [("0.config", 3)]
    assert lost(text, "Resources: {Gone: {Type: 'AWS::SNS::Topic'}}") == []
    assert lost(text, "Parameters: {Gone: {Type: String}}") == []


def test_resources_wait_for_what_there_is():
    text = "Resources: {A: {Type: 'AWS::SNS::Topic', DependsOn: [A, Gone]}}"
    assert lost(text) == [("0.config", 1)]
    assert lost(text.replace("[A, Gone]", "A")) == []


@pytest.mark.parametrize("name", ["AWSEBSecurityGroup", "AWS::Region"])
def test_what_beanstalk_makes_is_there(name):
    assert lost(f"Outputs: {{A: {{Value: {{Ref: '{name}'}}}}}}") == []


def test_scripts_and_files_are_not_templates():
    assert lost("commands: {a: {command: x, env: {Ref: Gone}}}") == []


def test_backticks_around_anything_else_are_left_alone():
    assert lost("option_settings: {a: {b: '`uname -r`', c: '``', d: '`'}}") == []
