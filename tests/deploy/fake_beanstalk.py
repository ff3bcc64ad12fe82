"""An Elastic Beanstalk that answers botocore's real client, so that every call is checked.

moto has eight of its operations only. Requests are validated by botocore before they come here,
answers against the service's model before they go back, as its Stubber does.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from botocore import xform_name
from botocore.exceptions import ClientError
from botocore.validate import validate_parameters

from tests.conftest import FakeClock

BRANCH = "Docker running on 64bit Amazon Linux 2023"
ARN = "arn:aws:elasticbeanstalk:eu-central-1::platform/" + BRANCH
READ_ONLY = ("describe_", "list_", "get_", "head_", "check_", "simulate_", "retrieve_")
Parameters = dict[str, Any]


@dataclass
class FakeEnvironment:
    id: str
    name: str
    application: str
    cname: str
    label: str
    status: str = "Ready"
    health: str = "Green"
    description: str = ""
    platform: str = f"{ARN}/4.10.0"
    options: dict[tuple[str, str], str] = field(default_factory=dict)
    ending: Callable[[], None] | None = None
    ends_at: float = 0.0


class FakeBeanstalk:
    """`outcome` decides how the next changes end: "good", "bad", "sick" or "never"."""

    def __init__(self, clock: FakeClock, make_bucket: Callable[[], str]) -> None:
        self.clock = clock
        self.make_bucket = make_bucket
        self.outcome = "good"
        self.version_outcome = "PROCESSED"
        self.applications: set[str] = set()
        self.versions: dict[str, Parameters] = {}
        self.environments: list[FakeEnvironment] = []
        self.events: list[Parameters] = []
        self.platforms = ["4.9.2", "4.10.0", "4.10.0-beta"]
        self.taken: set[str] = set()
        self.log_url = ""
        self.page = 1000

    def attach(self, client: Any) -> None:
        client.meta.events.register("provide-client-params.elastic-beanstalk", self._remember)
        client.meta.events.register("before-call.elastic-beanstalk", self._answer)

    def _remember(self, params: Parameters, model: Any, **_: Any) -> None:
        self._parameters = params

    def _answer(self, model: Any, **_: Any) -> tuple[Any, Parameters]:
        self._move_on()
        answer = getattr(self, f"_on_{xform_name(model.name)}")(self._parameters) or {}
        if model.output_shape is not None:
            validate_parameters(answer, model.output_shape)
        answer["ResponseMetadata"] = {"RequestId": "0000", "HTTPStatusCode": 200}
        return type("Response", (), {"status_code": 200})(), answer

    def _move_on(self) -> None:
        for each in self.environments:
            if each.ending is not None and self.clock() >= each.ends_at:
                ending, each.ending = each.ending, None
                ending()

    def find(self, name: str) -> FakeEnvironment:
        return next(each for each in self.environments if name in (each.name, each.id))

    def tell(
        self, environment: FakeEnvironment, severity: str, message: str, label: str = ""
    ) -> None:
        event = {
            "EventDate": datetime.fromtimestamp(self.clock(), UTC),
            "Severity": severity,
            "Message": message,
            "EnvironmentName": environment.name,
            "ApplicationName": environment.application,
            "_id": environment.id,
        }
        self.events.insert(0, event | ({"VersionLabel": label} if label else {}))

    def begin(
        self, environment: FakeEnvironment, verb: str, label: str, seconds: float = 60
    ) -> None:
        """Start a change that ends as `outcome` says."""
        before = environment.label
        environment.status = "Launching" if verb == "createEnvironment" else "Updating"
        environment.health = "Grey"
        self.tell(environment, "INFO", f"{verb} is starting.", label)

        def end() -> None:
            environment.status = "Ready"
            if self.outcome == "bad":
                environment.label = before if before != label else environment.label
                environment.health = "Red"
                self.tell(environment, "ERROR", "Failed to deploy application.")
            else:
                environment.label = label
                environment.health = "Green" if self.outcome == "good" else "Yellow"
                self.tell(environment, "INFO", "Environment update completed successfully.")

        environment.ending = end
        environment.ends_at = float("inf") if self.outcome == "never" else self.clock() + seconds

    def _on_describe_applications(self, p: Parameters) -> Parameters:
        names = [each for each in p["ApplicationNames"] if each in self.applications]
        return {"Applications": [{"ApplicationName": each} for each in names]}

    def _on_create_application(self, p: Parameters) -> Parameters:
        self.applications.add(p["ApplicationName"])
        return {}

    def _on_create_storage_location(self, p: Parameters) -> Parameters:
        return {"S3Bucket": self.make_bucket()}

    def _on_describe_application_versions(self, p: Parameters) -> Parameters:
        labels = p.get("VersionLabels")
        found = [each for label, each in self.versions.items() if not labels or label in labels]
        return {"ApplicationVersions": [dict(each) for each in found]}

    def _on_create_application_version(self, p: Parameters) -> Parameters:
        if p["ApplicationName"] not in self.applications:
            refuse("InvalidParameterValue", f"No Application named '{p['ApplicationName']}' found.")
        if p["VersionLabel"] in self.versions:
            refuse(
                "InvalidParameterValue", f"Application Version {p['VersionLabel']} already exists."
            )
        self.versions[p["VersionLabel"]] = {
            "VersionLabel": p["VersionLabel"],
            "Status": self.version_outcome,
            "DateCreated": datetime.fromtimestamp(self.clock(), UTC),
            "SourceBundle": p["SourceBundle"],
        }
        return {}

    def _on_delete_application_version(self, p: Parameters) -> None:
        del self.versions[p["VersionLabel"]]

    def _on_check_dns_availability(self, p: Parameters) -> Parameters:
        name = f"{p['CNAMEPrefix']}.eu-central-1.elasticbeanstalk.com"
        return {"Available": name not in self.taken, "FullyQualifiedCNAME": name}

    def _on_list_platform_versions(self, p: Parameters) -> Parameters:
        return {
            "PlatformSummaryList": [
                {
                    "PlatformArn": f"{ARN}/{each}",
                    "PlatformVersion": each,
                    "PlatformBranchName": BRANCH,
                }
                for each in self.platforms
            ]
        }

    def _on_describe_platform_version(self, p: Parameters) -> Parameters:
        branch, _, version = p["PlatformArn"].partition("platform/")[2].rpartition("/")
        description = {
            "PlatformBranchName": branch,
            "PlatformVersion": version,
            "PlatformBranchLifecycleState": "Supported",
        }
        return {"PlatformDescription": description}

    def _on_describe_environments(self, p: Parameters) -> Parameters:
        wanted = [*p.get("EnvironmentNames", []), *p.get("EnvironmentIds", [])]
        found = [
            {
                "EnvironmentId": each.id,
                "EnvironmentName": each.name,
                "ApplicationName": each.application,
                "VersionLabel": each.label,
                "Status": each.status,
                "Health": each.health,
                "CNAME": each.cname,
                "PlatformArn": each.platform,
                "Description": each.description,
            }
            for each in self.environments
            if {each.name, each.id} & set(wanted)
            and (p["IncludeDeleted"] or each.status != "Terminated")
        ]
        return {"Environments": found}

    def _on_describe_configuration_settings(self, p: Parameters) -> Parameters:
        options = self.find(p["EnvironmentName"]).options
        rows = [
            {"Namespace": namespace, "OptionName": name, "Value": value}
            for (namespace, name), value in options.items()
        ]
        return {"ConfigurationSettings": [{"OptionSettings": rows}]}

    def _on_create_environment(self, p: Parameters) -> Parameters:
        environment = FakeEnvironment(
            id=f"e-{len(self.environments)}",
            name=p["EnvironmentName"],
            application=p["ApplicationName"],
            cname=f"{p['CNAMEPrefix']}.eu-central-1.elasticbeanstalk.com",
            label=p["VersionLabel"],
            description=p["Description"],
            platform=p["PlatformArn"],
        )
        self.environments.append(environment)
        self._set(environment, p)
        self.begin(environment, "createEnvironment", p["VersionLabel"])
        return {"EnvironmentId": environment.id, "Status": "Launching"}

    def _on_update_environment(self, p: Parameters) -> Parameters:
        environment = self.find(p["EnvironmentName"])
        if environment.status != "Ready":
            refuse(
                "InvalidParameterValue", "Environment is in an invalid state for this operation."
            )
        environment.description = p.get("Description", environment.description)
        environment.platform = p.get("PlatformArn", environment.platform)
        self._set(environment, p)
        self.begin(environment, "Environment update", p.get("VersionLabel", environment.label))
        return {"Status": "Updating"}

    def _on_restart_app_server(self, p: Parameters) -> None:
        environment = self.find(p["EnvironmentName"])
        self.begin(environment, "restartAppServer", environment.label, seconds=10)

    def _on_describe_events(self, p: Parameters) -> Parameters:
        rows = [
            {name: value for name, value in each.items() if name != "_id"}
            for each in self.events
            if p.get("EnvironmentId") in (None, each["_id"])
            and p.get("VersionLabel") in (None, each.get("VersionLabel"))
            and ("StartTime" not in p or each["EventDate"] >= p["StartTime"])
        ]
        start = int(p.get("NextToken", 0))
        end = start + min(self.page, p.get("MaxRecords", 100))
        answer: Parameters = {"Events": rows[start:end]}
        return answer | ({"NextToken": str(end)} if end < len(rows) else {})

    def _on_describe_environment_health(self, p: Parameters) -> Parameters:
        return {"Causes": ["Application deployment failed at 3 minutes ago."]}

    def _on_describe_instances_health(self, p: Parameters) -> Parameters:
        return {"InstanceHealthList": [{"InstanceId": "i-1", "Causes": ["No data."]}]}

    def _on_request_environment_info(self, p: Parameters) -> None:
        return None

    def _on_retrieve_environment_info(self, p: Parameters) -> Parameters:
        if not self.log_url:
            return {"EnvironmentInfo": []}
        return {"EnvironmentInfo": [{"InfoType": "tail", "Message": self.log_url}]}

    def _on_describe_environment_resources(self, p: Parameters) -> Parameters:
        return {"EnvironmentResources": {"Instances": [], "LoadBalancers": []}}

    def _set(self, environment: FakeEnvironment, p: Parameters) -> None:
        for each in p.get("OptionSettings", []):
            environment.options[each["Namespace"], each["OptionName"]] = each["Value"]
        for each in p.get("OptionsToRemove", []):
            del environment.options[each["Namespace"], each["OptionName"]]


def refuse(code: str, message: str) -> None:
    raise ClientError({"Error": {"Code": code, "Message": message}}, "Operation")
