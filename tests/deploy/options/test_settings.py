"""Both forms that Beanstalk reads give the same settings."""

from proxy.deploy.configs.problem import Remark
from proxy.deploy.options.settings import Setting, read_settings_section
from tests.deploy.sections import entry_in

ASG = "aws:autoscaling:asg"


def read(text):
    return list(read_settings_section(entry_in(text, "option_settings").value))


def test_namespaces_with_options_below_them():
    assert read(f"option_settings:\n  {ASG}:\n    MinSize: 1\n    MaxSize: '2'\n") == [
        Setting(3, ASG, "MinSize", "1"),
        Setting(4, ASG, "MaxSize", "2"),
    ]


def test_a_list_of_options():
    text = f"option_settings:\n- namespace: {ASG}\n  option_name: MinSize\n  value: 1\n"
    text += "- option_name: SIFU_ADMIN\n  value: ann\n"
    variable = "aws:elasticbeanstalk:application:environment"
    assert read(text) == [
        Setting(4, ASG, "MinSize", "1"),
        Setting(6, variable, "SIFU_ADMIN", "ann"),
    ]


def test_a_schedule_has_a_name():
    text = "option_settings:\n- {namespace: aws:autoscaling:scheduledaction, resource_name: night,"
    text += " option_name: MinSize, value: 0}\n"
    (setting,) = read(text)
    assert setting.resource == "night"


def test_a_function_has_no_value_yet():
    (setting,) = read('option_settings:\n  a:\n    b: \'`{"Ref": "x"}`\'\n')
    assert setting.value is None


def test_yaml_s_other_booleans_are_what_beanstalk_gets():
    assert [each.value for each in read("option_settings: {a: {b: on, c: No, d: 'on'}}")] == [
        "true",
        "false",
        "on",
    ]


def reason(text):
    (remark,) = [each for each in read(text) if isinstance(each, Remark)]
    return remark.reason


def test_what_is_no_setting_is_told():
    assert "neither a list nor namespaces" in reason("option_settings: x")
    assert "holds no options" in reason(f"option_settings:\n  {ASG}: 1\n")
    assert "needs namespace" in reason("option_settings:\n- x\n")
    assert "has no value" in reason("option_settings: {a: {b: }}")
    assert "has no value" in reason("option_settings:\n- option_name: a\n")
    assert "has no option_name" in reason("option_settings:\n- value: a\n")
    assert "not a text" in reason("option_settings: {a: {b: [1]}}")
    assert "another number" in reason("option_settings: {a: {b: 010}}")
    misspelt = reason("option_settings:\n- {option: x, option_name: a, value: b}\n")
    assert "Did you mean “option_name”?" in misspelt
