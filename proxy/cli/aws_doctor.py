"""`sifu doctor --aws`: what is wrong with an environment on Elastic Beanstalk?

Promises: each area is judged by itself; one that these credentials may not look at is advice, and
the others are judged all the same. Must not: change anything.
"""

from collections.abc import Callable, Iterator

from proxy.cli.deploy import reach_aws
from proxy.core.aws_diagnosis import examine_health, examine_platform, examine_secrets
from proxy.core.aws_network_diagnosis import examine_addresses, examine_network
from proxy.core.diagnosis import Examination, Finding
from proxy.core.errors import NotFound
from proxy.deploy.release import environment_facts as facts
from proxy.deploy.release.aws_calls import Aws
from proxy.deploy.release.aws_refusals import AwsRefused
from proxy.deploy.release.found import Environment
from proxy.deploy.release.network_facts import find_network
from proxy.deploy.release.survey import find_environment

DEFAULT_ENVIRONMENT = "sifu"


def examine_aws(
    name: str, region: str = "", to_aws: Callable[[str], Aws] = reach_aws
) -> Iterator[Examination]:
    """Yield the areas of an environment; raises `NotFound`, `AwsRefused` where nothing is known."""
    aws = to_aws(region)
    environment = find_environment(aws, name or DEFAULT_ENVIRONMENT)
    if environment is None:
        raise NotFound(
            f"There is no environment {name or DEFAULT_ENVIRONMENT} in {aws.region}: "
            "`sifu doctor --aws NAME` looks at another one, AWS_REGION chooses the region."
        )
    yield from _one_by_one(aws, environment)


def _one_by_one(aws: Aws, environment: Environment) -> Iterator[Examination]:
    yield _unless_refused("health", lambda: examine_health(facts.find_health(aws, environment)))
    yield _unless_refused(
        "platform", lambda: examine_platform(facts.find_platform(aws, environment))
    )
    try:
        network = find_network(aws, environment)
    except AwsRefused as refused:
        yield _not_seen("network", refused)
    else:
        yield examine_network(network)
        yield examine_addresses(facts.find_addresses(environment), network)
    yield _unless_refused("secrets", lambda: examine_secrets(facts.find_secrets(aws, environment)))


def _unless_refused(area: str, examine: Callable[[], Examination]) -> Examination:
    try:
        return examine()
    except AwsRefused as refused:
        return _not_seen(area, refused)


def _not_seen(area: str, refused: AwsRefused) -> Examination:
    finding = Finding("This could not be looked at.", refused.public, is_problem=False)
    return Examination(area, "", (finding,))
