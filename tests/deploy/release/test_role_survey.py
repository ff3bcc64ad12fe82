import pytest

from proxy.deploy.release.aws_refusals import AwsRefused
from proxy.deploy.release.found import Account
from proxy.deploy.release.role_survey import find_roles, may_read
from proxy.deploy.release.template import SecretSource, SecretWish, Template

TEMPLATE = Template(secrets={"A": SecretWish(SecretSource.STORE)})
ACCOUNT = Account("123456789012", "eu-central-1")


class Refusing:
    def __init__(self, code):
        self.code = code

    def call(self, service, operation, parameters):
        raise AwsRefused("No.", code=self.code)


def test_absent_is_not_unknown():
    absent = find_roles(Refusing("NoSuchEntity"), TEMPLATE, ACCOUNT)  # type: ignore[arg-type]
    assert (absent.service.exists, absent.has_profile, absent.reads_secrets) == (
        False,
        False,
        False,
    )
    unknown = find_roles(Refusing("AccessDenied"), TEMPLATE, ACCOUNT)  # type: ignore[arg-type]
    assert (unknown.service.exists, unknown.has_profile, unknown.reads_secrets) == (None,) * 3


def test_another_failure_is_a_failure():
    with pytest.raises(AwsRefused):
        find_roles(Refusing("ExpiredToken"), TEMPLATE, ACCOUNT)  # type: ignore[arg-type]


def test_the_right_to_read_is_asked_of_iam_itself(world):
    arn = ["arn:aws:secretsmanager:eu-central-1:123456789012:secret:sifu/x/*"]
    assert may_read(world.aws, "arn:aws:iam::123456789012:role/x", arn) is True
    world.may_read = "explicitDeny"
    assert may_read(world.aws, "arn:aws:iam::123456789012:role/x", arn) is False
    assert "*" not in world.calls[-1][2]["ResourceArns"][0]
    assert may_read(world.aws, "arn:aws:iam::123456789012:role/x", []) is True
