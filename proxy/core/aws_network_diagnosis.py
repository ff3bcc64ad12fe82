"""How do people reach an environment on Elastic Beanstalk, and is it as it must be?

Listeners, security groups, health checks, idle time-out, public addresses: facts in, sentences
out. `deploy.network_facts` gathers. What could not be looked at is None and is not judged.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from proxy.core.diagnosis import Examination, Finding

FRONT_PORT = 3334
NOTEBOOK_PORT = 3335
HEALTH_PATHS = {80: "/healthz", FRONT_PORT: "/healthz", NOTEBOOK_PORT: "/-/healthz"}
# JupyterLab's websockets say something every thirty seconds, and clocks are not exact.
_SHORTEST_IDLE = 120
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Listener:
    """A port on which people arrive: at the load balancer, or at the machine itself.

    `health_path`, `is_sticky` and `is_healthy` are None where no load balancer asks.
    """

    port: int
    is_encrypted: bool
    target_port: int
    health_path: str | None = None
    is_sticky: bool | None = None
    is_healthy: bool | None = None


@dataclass(frozen=True, slots=True)
class NetworkFacts:
    """How requests reach the machine.

    `open_ports` are those of the machine's security groups that the load balancer (or, without
    one, everybody) may reach; `world_ports` those that everybody may reach. None: not known.
    """

    balancer: str
    listeners: Sequence[Listener]
    idle_timeout: int | None
    open_ports: frozenset[int] | None
    world_ports: frozenset[int] | None
    is_one_port: bool = False
    machines: int = 1


@dataclass(frozen=True, slots=True)
class AddressFacts:
    """What the environment is told about its addresses, and the host names that lead to it."""

    front: str
    notebooks: str
    cname: str


def examine_network(facts: NetworkFacts) -> Examination:
    findings = (
        *_missing_listeners(facts),
        *_closed_ports(facts),
        *_open_ports(facts),
        *_health_paths(facts),
        *_idle_time(facts),
        *_stickiness(facts),
    )
    ports = ", ".join(str(each.port) for each in facts.listeners)
    return Examination("network", f"People can arrive on {ports}.", tuple(findings))


def examine_addresses(facts: AddressFacts, network: NetworkFacts) -> Examination:
    findings: list[Finding] = []
    for setting, origin in (
        ("SIFU_FRONT_URL", facts.front),
        ("SIFU_NOTEBOOK_URL", facts.notebooks),
    ):
        findings += _judge_address(setting, origin, facts.cname, network)
    praise = f"{facts.front} and {facts.notebooks} fit the listeners."
    return Examination("addresses", praise, tuple(findings))


def _missing_listeners(facts: NetworkFacts) -> Iterator[Finding]:
    there = {each.port for each in facts.listeners}
    if facts.is_one_port:
        if not there & {80, 443}:
            yield Finding(
                "Nothing listens on 80 or 443.", "`sifu deploy` with one_port makes a listener."
            )
        return
    for port, what in ((FRONT_PORT, "sign-in"), (NOTEBOOK_PORT, "notebooks")):
        if port not in there:
            yield Finding(
                f"Nothing listens on {port} ({what}).",
                "`sifu deploy` makes the listener: the bundle's ebextensions say so.",
            )


def _closed_ports(facts: NetworkFacts) -> Iterator[Finding]:
    if facts.open_ports is None:
        return
    needed = {each.target_port for each in facts.listeners} & set(HEALTH_PATHS)
    for port in sorted(needed - facts.open_ports):
        who = "the load balancer" if facts.balancer != "none" else "anybody"
        yield Finding(
            f"The machine's security group does not let {who} in on {port}.",
            "`sifu deploy` adds the rule; somebody may have removed it by hand.",
        )


def _open_ports(facts: NetworkFacts) -> Iterator[Finding]:
    if facts.world_ports is None or facts.balancer == "none":
        return
    for port in sorted(facts.world_ports & set(HEALTH_PATHS)):
        yield Finding(
            f"Everybody may reach port {port} of the machine, past the load balancer.",
            "Remove that rule from the machine's security group.",
        )


def _health_paths(facts: NetworkFacts) -> Iterator[Finding]:
    for each in facts.listeners:
        wanted = HEALTH_PATHS.get(each.target_port)
        if each.health_path is not None and wanted and each.health_path != wanted:
            yield Finding(
                f"The load balancer asks {each.health_path} on {each.target_port} whether Sifu is "
                f"well, and only {wanted} answers without a sign-in.",
                "`sifu deploy` sets the path.",
            )
        elif each.is_healthy is False:
            yield Finding(
                f"The load balancer finds no healthy machine behind {each.port}.",
                f"Ask {wanted or '/'} on port {each.target_port} on the machine itself, and look "
                "at its logs.",
            )


def _idle_time(facts: NetworkFacts) -> Iterator[Finding]:
    if facts.idle_timeout is not None and facts.idle_timeout < _SHORTEST_IDLE:
        yield Finding(
            f"The load balancer cuts connections that are silent for {facts.idle_timeout} "
            "seconds: open notebooks lose theirs.",
            "`sifu deploy` sets 300 seconds.",
        )


def _stickiness(facts: NetworkFacts) -> Iterator[Finding]:
    if facts.machines > 1:
        yield Finding(
            f"{facts.machines} machines run, and a notebook's server is on one of them only.",
            "Set MinSize and MaxSize to 1.",
        )
    for each in facts.listeners:
        if facts.machines > 1 and each.is_sticky is False:
            yield Finding(
                f"Browsers on {each.port} are sent now to one machine, now to another.",
                "Switch stickiness on for its process.",
            )


def _judge_address(
    setting: str, origin: str, cname: str, network: NetworkFacts
) -> Iterator[Finding]:
    if not origin:
        yield Finding(
            f"{setting} is not set: Sifu takes itself to be on a laptop and refuses every host.",
            "`sifu deploy` sets it.",
        )
        return
    parts = urlsplit(origin)
    port = parts.port or _DEFAULT_PORTS.get(parts.scheme, 0)
    listener = next((each for each in network.listeners if each.port == port), None)
    if listener is None:
        yield Finding(f"{setting} is {origin}, and nothing listens on {port}.", "`sifu deploy`.")
    elif network.balancer != "none" and listener.is_encrypted != (parts.scheme == "https"):
        speaks = "https" if listener.is_encrypted else "plain http"
        yield Finding(
            f"{setting} is {origin}, and the listener on {port} speaks {speaks}.",
            "Set certificate and domain in the template and deploy again.",
        )
    if parts.scheme == "http":
        yield Finding(
            f"{origin} ({setting}) is plain http: passwords can be read on the way.",
            "Take a host name of yours and a certificate (deploy/class.toml).",
            is_problem=False,
        )
    elif (parts.hostname or "") == cname.lower():
        yield Finding(
            f"{setting} is {origin}, and no certificate can be for a name of Amazon's.",
            "Set domain in the template to a host name of yours.",
        )
