"""From a bundle on the disk to an application version: bucket, object, application, version.

What exists already needs no step, so a bundle is never uploaded twice: its object is named by its
SHA-256.
"""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from proxy.deploy.release.found import Account, Found
from proxy.deploy.release.parameters import FileBody, render_size
from proxy.deploy.release.steps import Refusal, Step, Then

_READY = frozenset({"PROCESSED", "UNPROCESSED"})


@dataclass(frozen=True, slots=True)
class Release:
    """A bundle on the disk, and the label of the version that it becomes."""

    path: Path
    size: int
    sha256: str
    label: str


def bucket_name(account: Account) -> str:
    """Return Beanstalk's own bucket of this account and region."""
    return f"elasticbeanstalk-{account.region}-{account.id}"


def object_key(application: str, release: Release) -> str:
    """Return where the bundle lies in the bucket."""
    return f"{application}/{release.sha256}.zip"


def plan_release(application: str, release: Release, found: Found) -> list[Step] | Refusal:
    """Return the calls after which the version exists and is processed."""
    version, key = found.version, object_key(application, release)
    if version is not None and version.key not in ("", key):
        return Refusal(
            f"The version {release.label} exists already and was made from another bundle: choose "
            "another --label, or leave it out and the label follows from the contents."
        )
    if version is not None and version.status in _READY:
        return []
    if version is not None and version.status != "FAILED":
        return [_await_version(application, release)]
    steps = list(_upload(application, release, found))
    if version is not None:
        steps.append(_delete_version(application, release))
    return [*steps, _create_version(application, release, found)]


def _upload(application: str, release: Release, found: Found) -> Iterator[Step]:
    if not found.has_bucket:
        yield Step(
            f"Make the bucket {found.bucket}.", "elasticbeanstalk", "create_storage_location", {}
        )
    if not found.has_object:
        checksum = base64.b64encode(bytes.fromhex(release.sha256)).decode()
        yield Step(
            f"Upload the bundle ({render_size(release.size)}).",
            "s3",
            "put_object",
            {
                "Bucket": found.bucket,
                "Key": object_key(application, release),
                "Body": FileBody(release.path, release.size),
                "ChecksumSHA256": checksum,
                "ContentType": "application/zip",
                # The bucket's name can be guessed, so it might be somebody else's.
                "ExpectedBucketOwner": found.account.id,
            },
        )
    if not found.has_application:
        yield Step(
            f"Make the application {application}.",
            "elasticbeanstalk",
            "create_application",
            {"ApplicationName": application, "Description": "Jupyter behind a door"},
        )


def _create_version(application: str, release: Release, found: Found) -> Step:
    source = {"S3Bucket": found.bucket, "S3Key": object_key(application, release)}
    return Step(
        f"Make the version {release.label}.",
        "elasticbeanstalk",
        "create_application_version",
        {
            **_names(application, release),
            "Description": f"sha256 {release.sha256}",
            "SourceBundle": source,
            "Process": True,
        },
        then=Then.VERSION_PROCESSED,
    )


def _delete_version(application: str, release: Release) -> Step:
    return Step(
        f"Delete the version {release.label}, which Beanstalk could not process.",
        "elasticbeanstalk",
        "delete_application_version",
        {**_names(application, release), "DeleteSourceBundle": False},
    )


def _await_version(application: str, release: Release) -> Step:
    return Step(
        f"Wait for the version {release.label}.",
        "elasticbeanstalk",
        "describe_application_versions",
        {"ApplicationName": application, "VersionLabels": [release.label]},
        then=Then.VERSION_PROCESSED,
    )


def _names(application: str, release: Release) -> dict[str, Any]:
    return {"ApplicationName": application, "VersionLabel": release.label}
