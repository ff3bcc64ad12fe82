from dataclasses import replace

import pytest

from proxy.cli.bundle import setting_names
from proxy.deploy.bundle.assembly import LoadBalancer
from proxy.deploy.options.check import check_setting
from proxy.deploy.options.settings import Setting
from proxy.deploy.release.addresses import Addresses
from proxy.deploy.release.environment_options import (
    PROPERTIES,
    as_settings,
    list_options,
    replaces_machine,
)
from tests.deploy.conftest import read

ADDRESSES = Addresses("http://a:3334", "http://a:3335")
SINGLE = read()
BALANCED = replace(
    SINGLE, load_balancer=LoadBalancer.APPLICATION, certificate="arn:aws:acm:x", domain="a.test"
)
CLASSIC = replace(BALANCED, load_balancer=LoadBalancer.CLASSIC)
VPC = replace(
    BALANCED, vpc="vpc-1", subnets=("subnet-1",), load_balancer_subnets=("subnet-2", "subnet-3")
)
EFS = replace(SINGLE, efs="fs-1", efs_data=True, key_pair="mine")


@pytest.mark.parametrize(
    "template",
    [
        SINGLE,
        BALANCED,
        CLASSIC,
        VPC,
        EFS,
        replace(BALANCED, one_port=True),
        replace(CLASSIC, one_port=True),
    ],
)
def test_beanstalk_knows_every_option_and_takes_its_value(template):
    for (namespace, name), value in list_options(template, ADDRESSES).items():
        setting = Setting(1, namespace, name, value)
        assert not list(check_setting(setting, setting_names())), setting


def test_there_is_one_machine_whatever_the_template():
    for template in (SINGLE, BALANCED):
        options = list_options(template, ADDRESSES)
        assert options["aws:autoscaling:asg", "MinSize"] == "1"
        assert options["aws:autoscaling:asg", "MaxSize"] == "1"
        assert options["aws:elasticbeanstalk:command", "DeploymentPolicy"] == "AllAtOnce"


def test_without_a_load_balancer_no_listener_is_named():
    spaces = {namespace for namespace, _ in list_options(SINGLE, ADDRESSES)}
    assert not [each for each in spaces if "listener" in each]


def test_a_certificate_is_on_both_ports():
    options = list_options(BALANCED, ADDRESSES)
    for port in (3334, 3335):
        assert options[f"aws:elbv2:listener:{port}", "Protocol"] == "HTTPS"
        assert options[f"aws:elbv2:listener:{port}", "SSLCertificateArns"] == "arn:aws:acm:x"


def test_a_classic_balancer_carries_websockets():
    options = list_options(CLASSIC, ADDRESSES)
    assert options["aws:elb:listener:3335", "ListenerProtocol"] == "SSL"
    assert options["aws:elb:listener:3335", "InstanceProtocol"] == "TCP"


def test_with_one_port_nothing_listens_on_the_others():
    options = list_options(replace(BALANCED, one_port=True), ADDRESSES)
    assert options["aws:elbv2:listener:3334", "ListenerEnabled"] == "false"
    assert options["aws:elbv2:listener:443", "Protocol"] == "HTTPS"


def test_the_mount_of_efs_learns_what_to_mount():
    options = list_options(EFS, ADDRESSES)
    assert options[PROPERTIES, "HOST_EFS_ID"] == "fs-1"
    assert options[PROPERTIES, "HOST_EFS_DATA"] == "1"


def test_the_template_s_own_options_win():
    asg = ("aws:autoscaling:asg", "MaxSize")
    assert list_options(replace(SINGLE, options={asg: "2"}), ADDRESSES)[asg] == "2"


def test_settings_stand_in_a_fixed_order():
    rows = as_settings({("b", "x"): "1", ("a", "y"): "2"})
    assert [each["Namespace"] for each in rows] == ["a", "b"]


def test_which_changes_cost_the_machine():
    assert replaces_machine(("aws:ec2:instances", "InstanceTypes"))
    assert not replaces_machine((PROPERTIES, "SIFU_ADMIN"))
