"""Environment properties that would stop the container from starting, or give a secret away."""

import pytest

from proxy.deploy.options.settings import Setting
from proxy.deploy.options.table import DEFAULT_NAMESPACE
from proxy.deploy.options.variables import check_variable

NAMES = frozenset({"SIFU_ADMIN", "SIFU_SECRET", "SIFU_SECRET_FILE"})
SECRETS = "aws:elasticbeanstalk:application:environmentsecrets"


def check(name, value="x", names=NAMES, namespace=DEFAULT_NAMESPACE):
    return check_variable(Setting(1, namespace, name, value), names)


@pytest.mark.parametrize("name", ["SIFU_ADMIN", "SIFU_SECRET_FILE", "HOST_ONE_PORT", "path_2"])
def test_good_names_pass(name):
    assert check(name) == ""


@pytest.mark.parametrize("name", ["", "2X", "A-B", "A B", "É", "X" * 129])
def test_what_no_process_can_have_is_refused(name):
    assert "cannot be the name of a variable" in check(name)


def test_a_setting_that_sifu_does_not_know_is_refused():
    assert (
        check("SIFU_ADMINS") == "“SIFU_ADMINS” is not a setting of Sifu. Did you mean “SIFU_ADMIN”?"
    )


def test_without_names_any_setting_passes():
    assert check("SIFU_ANYTHING", names=None) == ""


@pytest.mark.parametrize("name", ["SIFU_SECRET", "DEPLOYMENT_TOKEN", "DEPLOYMENT_KEY"])
def test_a_secret_may_not_stand_in_a_file(name):
    assert "may not stand in a file" in check(name)
    assert check(name, value=None) == ""
    assert check(name, value="") == ""
    assert check(name, value="arn:…", namespace=SECRETS) == ""
