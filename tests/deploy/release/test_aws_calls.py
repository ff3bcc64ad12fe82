import subprocess
import sys

import boto3
import pytest
from botocore.stub import Stubber

from proxy.deploy.release.aws_calls import Aws, connect, walk_pages
from proxy.deploy.release.aws_refusals import AwsRefused


@pytest.fixture
def stubbed():
    client = boto3.client(
        "elasticbeanstalk",
        region_name="eu-central-1",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
    )
    with Stubber(client) as stubber:
        yield Aws("eu-central-1", lambda _: client), stubber


def test_what_aws_refuses_becomes_a_sentence(stubbed):
    aws, stubber = stubbed
    stubber.add_client_error("create_application", "AccessDenied", "You may not.")
    with pytest.raises(AwsRefused, match=r"elasticbeanstalk\.create_application.*You may not"):
        aws.call("elasticbeanstalk", "create_application", {"ApplicationName": "sifu"})


def test_a_parameter_of_the_wrong_kind_becomes_a_sentence(stubbed):
    aws, stubber = stubbed
    stubber.deactivate()
    with pytest.raises(AwsRefused, match="ParamValidationError"):
        aws.call("elasticbeanstalk", "create_application", {"Name": 7})


def test_pages_are_walked_to_their_end_and_no_further_than_allowed(stubbed):
    aws, stubber = stubbed
    for token in ("a", "b"):
        stubber.add_response("describe_events", {"Events": [], "NextToken": token})
    stubber.add_response("describe_events", {"Events": []})
    assert len(walk_pages(aws.call, "elasticbeanstalk", "describe_events", {})) == 3
    stubber.assert_no_pending_responses()
    for token in ("a", "b"):
        stubber.add_response("describe_events", {"Events": [], "NextToken": token})
    assert len(walk_pages(aws.call, "elasticbeanstalk", "describe_events", {}, most=2)) == 2


def clear(monkeypatch, tmp_path):
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_ACCESS_KEY_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


def test_no_region_is_a_sentence(monkeypatch, tmp_path):
    clear(monkeypatch, tmp_path)
    with pytest.raises(AwsRefused, match="No AWS region"):
        connect()


def test_no_credentials_are_a_sentence(monkeypatch, tmp_path):
    clear(monkeypatch, tmp_path)
    with pytest.raises(AwsRefused, match="AWS_PROFILE"):
        connect("eu-central-1").call("sts", "get_caller_identity", {})


def test_a_profile_that_does_not_exist_is_a_sentence(monkeypatch, tmp_path):
    clear(monkeypatch, tmp_path)
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    with pytest.raises(AwsRefused, match="nobody"):
        connect("eu-central-1")


def test_an_endpoint_that_cannot_be_reached_is_a_sentence(monkeypatch, tmp_path):
    clear(monkeypatch, tmp_path)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setattr("proxy.deploy.release.aws_calls.ATTEMPTS", 1)
    with pytest.raises(AwsRefused, match="cannot be reached"):
        connect("eu-central-1").call("sts", "get_caller_identity", {})


def test_without_boto3_the_way_to_install_it_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "boto3", None)
    with pytest.raises(AwsRefused, match="make install"):
        connect("eu-central-1")


@pytest.mark.parametrize("module", ["proxy.cli", "proxy.front_app", "proxy.relay_app"])
def test_nothing_loads_boto3_before_it_is_needed(module):
    code = f"import sys, {module}; print([n for n in ('boto3', 'botocore') if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
