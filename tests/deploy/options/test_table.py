"""The table knows what Beanstalk knows."""

import pytest

from proxy.deploy.options.table import OPEN, find_options, list_namespaces, read_table


@pytest.mark.parametrize(
    ("namespace", "option"),
    [
        ("aws:elbv2:listener:3334", "DefaultProcess"),
        ("aws:elbv2:listener:default", "DefaultProcess"),
        ("aws:elb:listener:3335", "InstancePort"),
        ("aws:elb:listener", "InstancePort"),
        ("aws:elasticbeanstalk:environment:process:jupyter", "StickinessEnabled"),
        ("aws:elasticbeanstalk:environment:process:default", "HealthCheckPath"),
        ("aws:elbv2:listenerrule:notebooks", "PathPatterns"),
        ("aws:elb:policies:sticky", "CookieName"),
        ("aws:elb:policies", "ConnectionSettingIdleTimeout"),
        ("aws:autoscaling:launchconfiguration", "DisableIMDSv1"),
        ("aws:elasticbeanstalk:application:environmentsecrets", "<variable>"),
    ],
)
def test_known_options_are_found(namespace, option):
    options = find_options(namespace)
    assert options is not None
    assert option in options


@pytest.mark.parametrize(
    "namespace",
    [
        "",
        "aws",
        "aws:elbv2:listener",
        "aws:elbv2:listener:PORT",
        "aws:elbv2:listener:0",
        "aws:elbv2:listener:65536",
        "aws:elbv2:listener:3334 ",
        "aws:elb:listener:https",
        "aws:elasticbeanstalk:environment:process:",
        "aws:elasticbeanstalk:environment:process:two words",
        "AWS:autoscaling:asg",
    ],
)
def test_other_namespaces_are_not(namespace):
    assert find_options(namespace) is None


def test_a_misspelt_pattern_is_suggested_with_its_port():
    assert "aws:elbv2:listener:3334" in list_namespaces("aws:elbv:listener:3334")


def test_an_open_namespace_has_nothing_beside():
    opened = [options for options in read_table().values() if OPEN & set(options)]
    assert len(opened) == 4
    assert all(len(options) == 1 for options in opened)
