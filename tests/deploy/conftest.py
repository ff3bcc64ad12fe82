"""AWS for tests: moto for S3, Secrets Manager, IAM and STS; `FakeBeanstalk` for the rest."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from proxy.deploy.release.aws_calls import Aws
from proxy.deploy.release.deployment import Operator
from proxy.deploy.release.parameters import Hidden
from proxy.deploy.release.plan import Wish
from proxy.deploy.release.release_steps import Release
from proxy.deploy.release.secret_steps import GivenSecrets
from proxy.deploy.release.template import Template
from proxy.deploy.release.template_reader import read_template
from tests.conftest import FakeClock
from tests.deploy.fake_beanstalk import READ_ONLY, FakeBeanstalk

REGION = "eu-central-1"
ACCOUNT = "123456789012"
BUCKET = f"elasticbeanstalk-{REGION}-{ACCOUNT}"
PASSWORD = "correct horse battery staple"
TEMPLATE = """
environment = "sifu-test"
[machine]
instance_type = "t3.medium"
[secrets]
SIFU_ADMIN_PASSWORD = "store"
SIFU_SECRET = "generate"
DEPLOYMENT_TOKEN = "store-if-set"
"""


@dataclass
class World:
    """All of AWS, what was asked of it, and a hand that can stop everything."""

    clock: FakeClock
    aws: Aws
    beanstalk: FakeBeanstalk
    folder: Path
    calls: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    may_read: str = "allowed"
    attached: dict[str, list[str]] = field(default_factory=dict)
    interrupt: Callable[[str, str], None] = lambda when, operation: None

    def client(self, service: str) -> Any:
        """Make a client whose calls are remembered, and can be interrupted before and after."""
        client = _session().client(service)
        names = {api: name for name, api in client.meta.method_to_api_mapping.items()}

        def remember(params: dict[str, Any], model: Any, **_: Any) -> None:
            self.calls.append((service, names[model.name], dict(params)))

        def before(model: Any, **_: Any) -> Any:
            self.interrupt("before", names[model.name])
            if service != "iam":
                return None
            answer = self.answer_for_iam(names[model.name], self.calls[-1][2])
            if answer is None:
                return None
            return type("Response", (), {"status_code": 200})(), answer | {"ResponseMetadata": {}}

        client.meta.events.register("provide-client-params.*", remember)
        client.meta.events.register_first("before-call.*", before)
        client.meta.events.register(
            "after-call.*", lambda model, **_: self.interrupt("after", names[model.name])
        )
        if service == "elasticbeanstalk":
            self.beanstalk.attach(client)
        return client

    def answer_for_iam(self, operation: str, params: dict[str, Any]) -> dict[str, Any] | None:
        """What moto does not have, or has with Amazon's thousand policies only, slowly."""
        if operation == "simulate_principal_policy":
            result = {"EvalActionName": "x", "EvalDecision": self.may_read}
            return {"EvaluationResults": [result]}
        if operation == "attach_role_policy":
            self.attached.setdefault(params["RoleName"], []).append(params["PolicyArn"])
            return {}
        if operation == "list_attached_role_policies":
            arns = self.attached.get(params["RoleName"], [])
            return {"AttachedPolicies": [{"PolicyArn": arn} for arn in arns]}
        return None

    @property
    def changes(self) -> list[str]:
        return [name for _, name, _ in self.calls if not name.startswith(READ_ONLY)]

    @property
    def output(self) -> str:
        return "\n".join(self.lines)

    def operator(self, **changes: Any) -> Operator:
        values: dict[str, Any] = {
            "clock": self.clock,
            "sleep": self.clock.advance,
            "say": self.lines.append,
            "limit": 3600.0,
        }
        return Operator(**(values | changes))

    def release(self, contents: bytes = b"bundle one", label: str = "") -> Release:
        digest = hashlib.sha256(contents).hexdigest()
        path = self.folder / f"{digest[:12]}.zip"
        path.write_bytes(contents)
        return Release(path, len(contents), digest, label or f"sifu-0.1.0-{digest[:12]}")

    def wish(
        self,
        contents: bytes = b"bundle one",
        *,
        template: Template | None = None,
        secrets: dict[str, str] | None = None,
        **choices: Any,
    ) -> Wish:
        values = {"SIFU_ADMIN_PASSWORD": PASSWORD} if secrets is None else secrets
        given = GivenSecrets(
            {name: Hidden(value) for name, value in values.items()}, lambda: "generated-" + "x" * 40
        )
        choices = {"may_create_roles": True} | choices
        return Wish(template or read(), self.release(contents), given, **choices)


def read(text: str = TEMPLATE) -> Template:
    return read_template(text, "test.toml")


@pytest.fixture
def world(tmp_path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    with mock_aws():
        yield make_world(tmp_path, clock)


@cache
def _session() -> boto3.session.Session:
    """One for all tests: it keeps the descriptions of the services, which are slow to read."""
    return boto3.session.Session("testing", "testing", region_name=REGION)


def make_world(folder: Path, clock: FakeClock) -> World:
    session = _session()

    def make_bucket() -> str:
        where = {"LocationConstraint": REGION}
        session.client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration=where)
        return BUCKET

    beanstalk = FakeBeanstalk(clock, make_bucket)
    made = World(clock, Aws(REGION, lambda service: made.client(service)), beanstalk, folder)
    return made
