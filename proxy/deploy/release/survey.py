"""What is there on AWS? Asks, and changes nothing.

Promises: secrets' values are never asked for. What these credentials may not look at (IAM) is
unknown, not absent.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from proxy.deploy.release.addresses import choose_prefix
from proxy.deploy.release.aws_calls import Aws, walk_pages
from proxy.deploy.release.aws_refusals import AwsRefused
from proxy.deploy.release.found import (
    Account,
    Environment,
    Found,
    Option,
    Standing,
    StoredSecret,
    Version,
)
from proxy.deploy.release.platforms import Platform, list_filters, read_platforms
from proxy.deploy.release.release_steps import Release, bucket_name, object_key
from proxy.deploy.release.role_survey import find_roles
from proxy.deploy.release.secret_steps import record_name, stored_names
from proxy.deploy.release.template import Template

_EB = "elasticbeanstalk"
_ABSENT = frozenset({"404", "NoSuchBucket", "NoSuchKey", "NotFound", "ResourceNotFoundException"})
_STARTS = "is starting"


def find_all(aws: Aws, template: Template, release: Release) -> Found:
    """Return everything that a plan depends on."""
    account = find_account(aws)
    bucket = bucket_name(account)
    key = object_key(template.application, release)
    has_bucket = _exists(aws, "s3", "head_bucket", _owned(account, Bucket=bucket))
    environment = find_environment(aws, template.environment)
    cname, is_free = _find_cname(aws, template, account, environment)
    return Found(
        account=account,
        bucket=bucket,
        has_bucket=has_bucket,
        has_object=has_bucket
        and _exists(aws, "s3", "head_object", _owned(account, Bucket=bucket, Key=key)),
        has_application=has_application(aws, template.application),
        version=_find_version(aws, template.application, release.label),
        environment=environment,
        roles=find_roles(aws, template, account),
        platforms=find_platforms(aws),
        cname=cname,
        cname_is_free=is_free,
        secrets={name: _find_secret(aws, template, name) for name in stored_names(template)},
    )


def find_account(aws: Aws) -> Account:
    """Return whose credentials these are."""
    identity = aws.call("sts", "get_caller_identity", {})
    partition = str(identity["Arn"]).split(":")[1]
    return Account(str(identity["Account"]), aws.region, partition)


def find_environment(aws: Aws, name: str) -> Environment | None:
    """Return the environment of that name, with its options and the state of its last change."""
    answer = aws.call(
        _EB, "describe_environments", {"EnvironmentNames": [name], "IncludeDeleted": False}
    )
    if not answer["Environments"]:
        return None
    seen = answer["Environments"][0]
    events = aws.call(
        _EB, "describe_events", {"EnvironmentId": seen["EnvironmentId"], "MaxRecords": 200}
    )
    newest_first = events.get("Events", [])
    began = _last_start(newest_first)
    change = [each for each in newest_first if seconds(each["EventDate"]) >= began]
    labels = [str(each["VersionLabel"]) for each in change if each.get("VersionLabel")]
    return Environment(
        id=str(seen["EnvironmentId"]),
        name=name,
        application=str(seen["ApplicationName"]),
        status=str(seen.get("Status", "")),
        health=str(seen.get("Health", "")),
        label=str(seen.get("VersionLabel", "")),
        cname=str(seen.get("CNAME", "")),
        platform_arn=str(seen.get("PlatformArn", "")),
        target=labels[0] if labels else str(seen.get("VersionLabel", "")),
        began=began,
        last_event=seconds(newest_first[0]["EventDate"]) if newest_first else 0.0,
        description=str(seen.get("Description", "")),
        options=find_options(aws, str(seen["ApplicationName"]), name),
    )


def find_options(aws: Aws, application: str, environment: str) -> dict[Option, str]:
    """Return the environment's options; those of scheduled actions and the like are left out."""
    names = {"ApplicationName": application, "EnvironmentName": environment}
    answer = aws.call(_EB, "describe_configuration_settings", names)
    return {
        (str(each["Namespace"]), str(each["OptionName"])): str(each["Value"])
        for settings in answer["ConfigurationSettings"]
        for each in settings.get("OptionSettings", [])
        if "Value" in each
    }


def find_platforms(aws: Aws) -> list[Platform]:
    """Return the versions of our branch, the newest first."""
    pages = walk_pages(
        aws.call, _EB, "list_platform_versions", {"Filters": list_filters(), "MaxRecords": 100}
    )
    return read_platforms(each for page in pages for each in page.get("PlatformSummaryList", []))


def has_application(aws: Aws, name: str) -> bool:
    answer = aws.call(_EB, "describe_applications", {"ApplicationNames": [name]})
    return bool(answer["Applications"])


def find_versions(aws: Aws, application: str) -> list[Version]:
    """Return the application's versions."""
    parameters = {"ApplicationName": application, "MaxRecords": 100}
    pages = walk_pages(aws.call, _EB, "describe_application_versions", parameters)
    return [_read_version(each) for page in pages for each in page["ApplicationVersions"]]


def find_event_labels(aws: Aws, environment: Environment) -> list[str]:
    """Return the version labels of an environment's events, the newest first."""
    parameters = {"EnvironmentId": environment.id, "MaxRecords": 1000}
    events = aws.call(_EB, "describe_events", parameters).get("Events", [])
    return [str(each["VersionLabel"]) for each in events if each.get("VersionLabel")]


def seconds(moment: datetime) -> float:
    """Return a moment of AWS as seconds since the epoch."""
    return moment.timestamp()


def _find_version(aws: Aws, application: str, label: str) -> Version | None:
    parameters = {"ApplicationName": application, "VersionLabels": [label]}
    found = aws.call(_EB, "describe_application_versions", parameters)["ApplicationVersions"]
    return _read_version(found[0]) if found else None


def _read_version(seen: Mapping[str, Any]) -> Version:
    source = seen.get("SourceBundle", {})
    return Version(
        label=str(seen["VersionLabel"]),
        status=str(seen.get("Status", "UNPROCESSED")),
        created=seconds(seen["DateCreated"]),
        bucket=str(source.get("S3Bucket", "")),
        key=str(source.get("S3Key", "")),
    )


def _find_cname(
    aws: Aws, template: Template, account: Account, environment: Environment | None
) -> tuple[str, bool]:
    if environment is not None:
        return environment.cname, True
    prefix = {"CNAMEPrefix": choose_prefix(template, account.id)}
    answer = aws.call(_EB, "check_dns_availability", prefix)
    name = answer.get("FullyQualifiedCNAME") or (
        f"{prefix['CNAMEPrefix']}.{account.region}.elasticbeanstalk.com"
    )
    return str(name), bool(answer.get("Available"))


def _find_secret(aws: Aws, template: Template, name: str) -> StoredSecret:
    record = {"SecretId": record_name(template, name)}
    answer = _unless_absent(lambda: aws.call("secretsmanager", "describe_secret", record))
    if answer is None:
        return StoredSecret(Standing.ABSENT)
    standing = Standing.BEING_DELETED if answer.get("DeletedDate") else Standing.THERE
    return StoredSecret(standing, str(answer["ARN"]))


def _last_start(newest_first: list[Mapping[str, Any]]) -> float:
    starts = [each for each in newest_first if _STARTS in str(each.get("Message", ""))]
    return seconds(starts[0]["EventDate"]) if starts else 0.0


def _exists(aws: Aws, service: str, operation: str, parameters: Mapping[str, Any]) -> bool:
    return _unless_absent(lambda: aws.call(service, operation, parameters)) is not None


def _unless_absent(ask: Callable[[], Mapping[str, Any]]) -> Mapping[str, Any] | None:
    try:
        return ask()
    except AwsRefused as refused:
        if refused.code in _ABSENT:
            return None
        raise


def _owned(account: Account, **parameters: str) -> dict[str, str]:
    """The bucket's name can be guessed, so it might be somebody else's: then AWS refuses."""
    return {**parameters, "ExpectedBucketOwner": account.id}
