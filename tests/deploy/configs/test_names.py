"""Names that Beanstalk and CloudFormation give."""

import pytest

from proxy.deploy.configs.names import COMMON_TYPES, is_of_beanstalk


def test_common_types_look_like_types():
    assert all(len(name.split("::")) == 3 for name in COMMON_TYPES)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("AWSEBSecurityGroup", True),
        ("AWSEBV2LoadBalancerListener443", True),
        ("AWSEBV2LoadBalancerTargetGroupsifu", True),
        ("AWSEBSecurityGroups", False),
        ("SecurityGroup", False),
    ],
)
def test_beanstalk_s_own_names_are_known(name, expected):
    assert is_of_beanstalk(name) is expected
