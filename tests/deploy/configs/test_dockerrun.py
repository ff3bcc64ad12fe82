"""`Dockerrun.aws.json`: faults that Beanstalk tells of badly, or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.deploy.configs.dockerrun import check_dockerrun

GOOD = """{
  "AWSEBDockerrunVersion": "1",
  "Ports": [{"ContainerPort": "3334"}, {"ContainerPort": 3335, "HostPort": 80}],
  "Volumes": [{"HostDirectory": "/var/sifu", "ContainerDirectory": "/data"}],
  "Logging": "/var/log",
  "Command": "up",
  "Authentication": {"Bucket": "b", "Key": "k"}
}
"""


def reasons(text, exposed=None):
    return [remark.reason for remark in check_dockerrun(text, exposed)]


def test_a_right_file_passes():
    assert reasons(GOOD) == []
    assert reasons(GOOD, "3334") == []


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ('"1"', '"3"', 'needs "1"'),
        ('"1"', "1.0", 'needs "1"'),
        ('"AWSEBDockerrunVersion": "1",', "", "has no AWSEBDockerrunVersion"),
        ('"Logging"', '"Loging"', "Did you mean “Logging”?"),
        ('"/var/log"', '"log"', "path from / on"),
        ('"3334"', '"http"', "port from 1 to 65535"),
        ("3335", "0", "port from 1 to 65535"),
        ("3335", "99999999999999999999", "port from 1 to 65535"),
        ('"ContainerPort": 3335, ', "", "has no ContainerPort"),
        ('"HostPort": 80', '"Hostport": 80', "Did you mean “HostPort”?"),
        ('"/data"', '"data"', "path from / on"),
        ('"HostDirectory": "/var/sifu", ', "", "has no HostDirectory"),
        ('"Command": "up"', '"Command": ["up"]', "should be a text"),
        ('"Command": "up"', '"Image": {"Name": "x"}', "leave Image out"),
        ('"Bucket"', '"bucket"', "Did you mean “Bucket”?"),
        ('"Ports": [', '"Ports": ["x", ', "should be an object"),
        ('"up",', '"up",,', "is not JSON"),
    ],
)
def test_faults_are_told(old, new, part):
    assert old in GOOD
    assert [reason for reason in reasons(GOOD.replace(old, new, 1)) if part in reason]


def test_the_first_port_is_the_first_that_is_exposed():
    (reason,) = reasons(GOOD, "8080")
    assert "should be 8080" in reason


def test_a_folder_is_mapped_once():
    volume = '{"HostDirectory": "/var/sifu", "ContainerDirectory": "/data"}'
    (reason,) = reasons(GOOD.replace(volume, f"{volume}, {volume}"))
    assert "second time" in reason


@pytest.mark.parametrize("text", ["[]", '{"AWSEBDockerrunVersion": "1", "Ports": []}', "", "1"])
def test_what_holds_no_ports_is_told(text):
    assert reasons(text) != []


def test_yaml_is_not_enough():
    assert reasons("AWSEBDockerrunVersion: '1'\n") != []


@given(st.text(max_size=80))
def test_no_text_makes_the_check_fail(text):
    assert reasons(text) != []
