from dataclasses import replace

import pytest

from proxy.core.aws_network_diagnosis import (
    AddressFacts,
    Listener,
    NetworkFacts,
    examine_addresses,
    examine_network,
)

CNAME = "mine.eu-central-1.elasticbeanstalk.com"
PORTS = frozenset({80, 3334, 3335})


def listener(port, path, **changes):
    made = Listener(port, True, port, health_path=path, is_sticky=True, is_healthy=True)
    return replace(made, **changes)


FRONT, NOTEBOOKS = listener(3334, "/healthz"), listener(3335, "/-/healthz")
BALANCED = NetworkFacts("application", (FRONT, NOTEBOOKS), 300, PORTS, frozenset())
PLAIN = (Listener(3334, False, 3334), Listener(3335, False, 3335))
SINGLE = NetworkFacts("none", PLAIN, None, PORTS, PORTS)
HTTPS = AddressFacts("https://sifu.school.test:3334", "https://sifu.school.test:3335", CNAME)


def told(examination):
    return " ".join(f"{each.wrong} {each.remedy}" for each in examination.findings)


def test_good_networks_are_praised():
    for examination in (
        examine_network(BALANCED),
        examine_network(SINGLE),
        examine_addresses(HTTPS, BALANCED),
    ):
        assert examination.findings == ()
        assert examination.praise


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (replace(BALANCED, listeners=(FRONT,)), "Nothing listens on 3335"),
        (replace(BALANCED, listeners=(FRONT,), is_one_port=True), "Nothing listens on 80 or 443"),
        (replace(BALANCED, open_ports=frozenset({3334})), "let the load balancer in on 3335"),
        (replace(SINGLE, open_ports=frozenset({3334})), "let anybody in on 3335"),
        (replace(BALANCED, world_ports=frozenset({3335})), "past the load balancer"),
        (replace(BALANCED, listeners=(replace(FRONT, health_path="/"), NOTEBOOKS)), "/healthz"),
        (replace(BALANCED, listeners=(FRONT, replace(NOTEBOOKS, is_healthy=False))), "no healthy"),
        (replace(BALANCED, idle_timeout=60), "silent for 60 seconds"),
        (replace(BALANCED, machines=2), "2 machines"),
        (
            replace(BALANCED, machines=2, listeners=(replace(FRONT, is_sticky=False), NOTEBOOKS)),
            "now to one machine",
        ),
    ],
)
def test_each_fault_of_the_network_is_found(facts, words):
    assert words in told(examine_network(facts))


def test_what_is_not_known_is_not_judged():
    unknown = replace(BALANCED, open_ports=None, world_ports=None, idle_timeout=None)
    assert examine_network(unknown).findings == ()


@pytest.mark.parametrize(
    ("addresses", "network", "words"),
    [
        (replace(HTTPS, front=""), BALANCED, "SIFU_FRONT_URL is not set"),
        (replace(HTTPS, front="https://sifu.school.test"), BALANCED, "nothing listens on 443"),
        (replace(HTTPS, front="http://sifu.school.test:3334"), BALANCED, "speaks https"),
        (HTTPS, replace(BALANCED, listeners=PLAIN), "speaks plain http"),
        (replace(HTTPS, front=f"https://{CNAME}:3334"), BALANCED, "name of Amazon's"),
    ],
)
def test_addresses_that_do_not_fit_are_told(addresses, network, words):
    assert words in told(examine_addresses(addresses, network))


def test_plain_http_is_advice():
    addresses = AddressFacts(f"http://{CNAME}:3334", f"http://{CNAME}:3335", CNAME)
    findings = examine_addresses(addresses, SINGLE).findings
    assert [each.is_problem for each in findings] == [False, False]
