"""Every misspelt namespace and option is found, and no right one is refused."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from proxy.deploy.options.check import check_setting
from proxy.deploy.options.settings import Setting
from proxy.deploy.options.table import OPEN, find_options, read_table

PAIRS = [
    (namespace.replace("PORT", "8080"), option)
    for namespace, options in read_table().items()
    for option in options
    if option not in OPEN
]
ASG = "aws:autoscaling:asg"


def reasons(namespace, option, value=None):
    return [each.reason for each in check_setting(Setting(7, namespace, option, value), None)]


def filled(namespace):
    stem, _, ending = namespace.rpartition(":")
    return f"{stem}:mine" if ending in {"PROCESS", "RULE", "POLICY"} else namespace


@pytest.mark.parametrize(("namespace", "option"), PAIRS)
def test_every_option_of_the_table_passes(namespace, option):
    assert reasons(filled(namespace), option) == []


@given(st.sampled_from(PAIRS), st.data())
def test_every_changed_option_is_caught(pair, data):
    namespace, option = filled(pair[0]), pair[1]
    place = data.draw(st.integers(0, len(option)))
    letter = data.draw(st.sampled_from("aZ9_- ") | st.just(""))
    width = data.draw(st.integers(0, 2))
    changed = option[:place] + letter + option[place + width :]
    assume(changed not in (find_options(namespace) or {}))
    (reason,) = reasons(namespace, changed)
    assert "has no option" in reason


@given(st.sampled_from(PAIRS), st.data())
def test_every_changed_namespace_is_caught(pair, data):
    namespace = filled(pair[0])
    place = data.draw(st.integers(0, len(namespace) - 1))
    changed = namespace[:place] + namespace[place + 1 :]
    assume(find_options(changed) is None)
    (reason,) = reasons(changed, pair[1])
    assert "no namespace" in reason or "other platforms" in reason


def test_the_right_name_is_suggested():
    assert reasons(ASG, "MinSizes")[0].endswith("Did you mean “MinSize”?")
    near = reasons("aws:elbv2:listners:3334", "Protocol")
    assert near[0].endswith("Did you mean “aws:elbv2:listener:3334”?")


def test_a_value_of_another_kind_is_told_with_the_right_kind():
    (reason,) = reasons(ASG, "MinSize", "many")
    assert reason == "“MinSize” cannot be “many”; it should be a whole number from 1 to 10000."


def test_options_of_other_platforms_are_told():
    assert "other platforms" in reasons("aws:elasticbeanstalk:container:python", "WSGIPath")[0]


def test_open_namespaces_take_any_fitting_name():
    assert reasons("aws:elasticbeanstalk:customoption", "Any Thing", "x") == []
    static = "aws:elasticbeanstalk:environment:proxy:staticfiles"
    assert reasons(static, "/static", "static") == []
    assert "begin with /" in reasons(static, "static", "static")[0]


def test_a_secret_is_named_by_where_it_is_kept():
    secrets = "aws:elasticbeanstalk:application:environmentsecrets"
    arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:sifu-AbCdEf"
    assert reasons(secrets, "SIFU_SECRET", arn) == []
    assert "the ARN of a secret" in reasons(secrets, "SIFU_SECRET", "hunter2")[0]


@given(st.text(max_size=40), st.text(max_size=40), st.none() | st.text(max_size=40))
def test_any_setting_can_be_judged(namespace, option, value):
    assert all(isinstance(reason, str) for reason in reasons(namespace, option, value))
