from contextlib import suppress
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.cli.bundle import setting_names
from proxy.deploy.bundle.assembly import LoadBalancer
from proxy.deploy.release.template import SecretSource, Template
from proxy.deploy.release.template_reader import InvalidTemplate, find_line, read_template

SAVED = Path(__file__).parents[3] / "deploy"


def problems(text: str) -> list[str]:
    with pytest.raises(InvalidTemplate) as caught:
        read_template(text, "t.toml", setting_names())
    return list(caught.value.problems)


def test_an_empty_template_is_one_machine():
    template = read_template("", "t.toml")
    assert (template.environment, template.load_balancer) == ("sifu", LoadBalancer.NONE)


def test_the_cheap_template_can_be_used_as_it_is():
    template = read_template((SAVED / "single.toml").read_text(), "single.toml", setting_names())
    assert template.load_balancer is LoadBalancer.NONE
    assert template.secrets["SIFU_ADMIN_PASSWORD"].source is SecretSource.STORE


def test_the_template_for_a_class_wants_one_s_own_name_and_certificate():
    text = (SAVED / "class.toml").read_text()
    with pytest.raises(InvalidTemplate) as caught:
        read_template(text, "class.toml", setting_names())
    assert [each.partition(": ")[2][:9] for each in caught.value.problems] == [
        "this host",
        "this cert",
    ]
    text = text.replace("sifu.example.org", "sifu.school.test").replace(
        "123456789012", "210987654321"
    )
    template = read_template(text, "class.toml", setting_names())
    assert template.scheme == "https"
    assert template.load_balancer is LoadBalancer.APPLICATION


def test_every_key_of_a_template_stands_in_a_saved_one():
    said = (SAVED / "class.toml").read_text() + (SAVED / "single.toml").read_text()
    keys = [spec.name for spec in fields(Template) if "key" in spec.metadata]
    assert not [key for key in keys if f"\n{key} = " not in said]
    assert not [table for table in ("settings", "secrets") if f"\n[{table}]\n" not in said]


def test_an_unknown_key_is_told_with_its_line_and_what_there_is():
    (problem,) = problems('application = "sifu"\n\n[network]\nload_ballancer = "none"\n')
    assert problem.startswith("t.toml:4: [network] has no load_ballancer; it has load_balancer,")


def test_a_key_in_the_wrong_place_is_told_its_place():
    (problem,) = problems('instance_type = "t3.small"\n')
    assert problem == "t.toml:1: instance_type stands below [machine]."
    (problem,) = problems('[machine]\nregion = "eu-central-1"\n')
    assert "at the top" in problem


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('environment = "x"', 1, "4 to 40 letters"),
        ("environment = 7", 1, "4 to 40 letters"),
        ('region = "Frankfurt"', 1, "eu-central-1"),
        ('domain = "https://sifu.school.test"', 1, "host name"),
        ("[machine]\ndisk = 5", 2, "10 to 16384"),
        ("[machine]\ndisk = true", 2, "10 to 16384"),
        ('[machine]\nplatform = "latest"', 2, "newest"),
        ('[network]\nload_balancer = "nginx"', 2, "none, application or classic"),
        ('[network]\none_port = "yes"', 2, "true"),
        ('[network]\nsubnets = ["subnet 1"]', 2, "ids of subnets"),
        ('[network]\nvpc = "vpc-1"', 2, "belong together"),
        ('domain = "a.test"\n[network]\ncertificate = "arn:aws:acm:x:1:c/1"', 3, "load balancer"),
        (
            '[network]\nload_balancer = "classic"\ncertificate = "arn:aws:acm:x:1:c/1"',
            3,
            "set domain",
        ),
        ('[storage]\nefs = "my disk"', 2, "fs-"),
        ("[storage]\nefs_data = true", 2, "PostgreSQL"),
        ("[settings]\nSIFU_WORKSPACE = 1", 2, "not a setting"),
        ('[settings]\nSIFU_SECRET = "x"', 2, "is a secret"),
        ('[settings]\n"A B" = "x"', 2, "environment variable"),
        ("[settings]\nSIFU_ADMIN = []", 2, "text or a whole number"),
        ("settings = 1", 1, "is a table"),
        ('[options."aws:autoscaling:asg"]\nMaxsize = 3', 2, "MaxSize"),
        ('[options."aws:autoscaling:asg"]\nMaxSize = 1.5', 2, "text or number"),
        ('[options."aws:no:such"]\nx = 1', 2, "no namespace"),
        ('[options."aws:elasticbeanstalk:application:environment"]\nX = "1"', 1, "[settings]"),
        ('[options]\n"aws:autoscaling:asg" = 1', 2, "options below it"),
    ],
)
def test_each_problem_names_its_line_and_what_may_stand_there(text, line, words):
    (problem,) = problems(text)
    assert problem.startswith(f"t.toml:{line}: ")
    assert words in problem


def test_all_problems_are_told_at_once():
    assert len(problems('environment = "x"\nfoo = 1\n[machine]\ndisk = 1\n')) == 3


def test_what_is_not_toml_is_told_with_its_line():
    (problem,) = problems('application = "sifu"\nenvironment = \n')
    assert "line 2" in problem


def test_a_value_below_secrets_is_never_shown():
    text = '[secrets]\nSIFU_ADMIN_PASSWORD = "hunter2"\nDEPLOYMENT_TOKEN = ["ghp_x"]\n'
    told = "\n".join(problems(text))
    assert "t.toml:2" in told
    assert "t.toml:3" in told
    assert "hunter2" not in told
    assert "ghp_x" not in told


def test_secrets_may_be_arns():
    arn = "arn:aws:secretsmanager:eu-central-1:210987654321:secret:db-AbCdEf:url"
    template = read_template(f'[secrets]\nSIFU_DATABASE_URL = "{arn}"\n', "t.toml")
    assert template.secrets["SIFU_DATABASE_URL"].arn == arn


def test_a_name_is_a_setting_or_a_secret():
    (problem,) = problems('[settings]\nMY_KEY = "1"\n[secrets]\nMY_KEY = "store"\n')
    assert "keep one" in problem


def test_truths_and_numbers_of_options_become_beanstalk_s_words():
    namespace = "aws:autoscaling:launchconfiguration"
    text = f'[options."{namespace}"]\nDisableIMDSv1 = true\nRootVolumeSize = 9\n'
    values = read_template(text, "t.toml").options
    assert list(values.values()) == ["true", "9"]


def test_a_line_is_found_in_its_table():
    text = 'name = 1\n[a]\nname = 2\n[b."c:d"]\n  name = 3\n'
    assert [find_line(text, table, "name") for table in ("", "a", "b.c:d")] == [1, 3, 5]
    assert find_line(text, "a", "other") == 2


@given(st.text(max_size=60))
def test_whatever_stands_there_it_is_read_or_refused(text):
    with suppress(InvalidTemplate):
        assert read_template(text, "t.toml", setting_names()).application
