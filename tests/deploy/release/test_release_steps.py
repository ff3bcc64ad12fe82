import base64
import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from proxy.deploy.release.found import Account, Found, Role, Roles, Version
from proxy.deploy.release.release_steps import Release, bucket_name, object_key, plan_release
from proxy.deploy.release.steps import Refusal

DIGEST = hashlib.sha256(b"zip").hexdigest()
RELEASE = Release(Path("b.zip"), 3, DIGEST, "one")
KEY = object_key("sifu", RELEASE)
ROLES = Roles(Role("s", True), Role("m", True), True, "m", True)
NEW = Found(
    Account("1", "eu-central-1"), "bucket", False, False, False, None, None, ROLES, [], "", True
)


def version(status, key=KEY):
    return Version("one", status, 1.0, "bucket", key)


def planned(**changes):
    steps = plan_release("sifu", RELEASE, replace(NEW, **changes))
    assert not isinstance(steps, Refusal)
    return steps


def operations(**changes):
    return [step.operation for step in planned(**changes)]


def test_everything_is_made_in_its_order():
    assert operations() == [
        "create_storage_location",
        "put_object",
        "create_application",
        "create_application_version",
    ]


def test_what_is_there_is_not_made_again():
    assert operations(has_bucket=True, has_object=True, has_application=True) == [
        "create_application_version"
    ]
    assert operations(version=version("PROCESSED")) == []
    assert operations(version=version("UNPROCESSED")) == []


def test_a_version_in_the_making_is_waited_for():
    assert operations(version=version("PROCESSING")) == ["describe_application_versions"]


def test_a_failed_version_is_made_anew():
    there = {"has_bucket": True, "has_object": True, "has_application": True}
    assert operations(version=version("FAILED"), **there) == [
        "delete_application_version",
        "create_application_version",
    ]


def test_a_label_that_names_other_contents_is_refused():
    refusal = plan_release("sifu", RELEASE, replace(NEW, version=version("PROCESSED", "other")))
    assert isinstance(refusal, Refusal)
    assert "--label" in refusal.sentence


def test_the_upload_is_checked_on_arrival_and_goes_to_our_own_bucket():
    step = planned()[1]
    assert step.parameters["ChecksumSHA256"] == base64.b64encode(bytes.fromhex(DIGEST)).decode()
    assert step.parameters["ExpectedBucketOwner"] == "1"
    assert step.parameters["Key"] == f"sifu/{DIGEST}.zip"


@pytest.mark.parametrize("region", ["eu-central-1", "us-east-1"])
def test_the_bucket_is_beanstalk_s(region):
    assert bucket_name(Account("1", region)) == f"elasticbeanstalk-{region}-1"
