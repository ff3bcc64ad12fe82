"""Which container nginx is pointed at, from what `docker inspect` says."""

import json
import shutil
import subprocess
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hooks.machine import HOOKS, container

AWKS = [name for name in ("mawk", "gawk", "busybox", "original-awk") if shutil.which(name)]


def read(
    containers: list[dict[str, Any]], *, indent: int | None = 4, awk: str = "awk"
) -> list[str]:
    """Return "id address" of each line, the best first."""
    command = ["busybox", "awk"] if awk == "busybox" else [awk]
    done = subprocess.run(
        [*command, "-v", "port=3334/tcp", "-f", HOOKS / "containers.awk"],
        input=json.dumps(containers, indent=indent, ensure_ascii=False),
        capture_output=True,
        text=True,
        env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"},
        check=True,
    )
    assert not done.stderr
    lines = sorted(done.stdout.splitlines(), reverse=True)
    return [line.split(" ", 1)[1] for line in lines]


@pytest.mark.parametrize("engine", [25, 29])
@pytest.mark.parametrize("indent", [None, 4])
def test_both_shapes_and_both_spacings_are_read(engine: int, indent: int | None) -> None:
    assert read([container(engine=engine)], indent=indent) == [f"{'a1' * 32} 172.17.0.2"]


@pytest.mark.parametrize("awk", AWKS)
def test_every_awk_reads_the_same(awk: str) -> None:
    listed = [container("a1"), container("b2", created="2026-11-21T10:00:00.2Z")]
    assert read(listed, awk=awk)[0].startswith("b2")


@pytest.mark.parametrize("port", ["exposed", "published"])
def test_a_port_counts_whether_exposed_or_published(port: str) -> None:
    assert len(read([container(port=port)])) == 1


def test_a_container_without_the_port_is_no_candidate() -> None:
    assert read([container(port="")]) == []


def test_a_stopped_container_is_no_candidate() -> None:
    assert read([container(running=False)]) == []


@pytest.mark.parametrize("engine", [25, 29])
def test_a_compose_network_has_the_address_where_the_old_field_is_empty(engine: int) -> None:
    listed = [container(addresses={"app_default": "172.20.0.3"}, mode="app_default", engine=engine)]
    assert read(listed) == [f"{'a1' * 32} 172.20.0.3"]


def test_of_two_networks_both_are_told_and_the_default_bridge_is_first() -> None:
    listed = [container(addresses={"zone": "172.20.0.3", "bridge": "172.17.0.9"})]
    assert [line.split()[1] for line in read(listed)] == ["172.17.0.9", "172.20.0.3"]


def test_a_network_without_an_address_is_passed_over() -> None:
    listed = [container(addresses={"none": "", "app": "172.20.0.3"}, engine=29)]
    assert [line.split()[1] for line in read(listed)] == ["172.20.0.3"]


def test_the_old_field_alone_is_enough() -> None:
    old = container()
    del old["NetworkSettings"]["Networks"]
    assert read([old]) == [f"{'a1' * 32} 172.17.0.2"]


def test_on_the_hosts_network_the_address_is_loopback() -> None:
    listed = [container(addresses={"host": ""}, mode="host")]
    assert read(listed) == [f"{'a1' * 32} 127.0.0.1"]


def test_a_container_without_any_address_is_no_candidate() -> None:
    assert read([container(addresses={"none": ""}, engine=29)]) == []


def test_the_newest_is_first_although_docker_leaves_zeros_out() -> None:
    listed = [
        container("a1", created="2026-11-21T10:00:12.5Z"),
        container("b2", created="2026-11-21T10:00:12.45Z"),
        container("c3", created="2026-11-21T10:00:12Z"),
    ]
    assert [line[:2] for line in read(listed)] == ["a1", "b2", "c3"]


def test_beanstalks_own_container_wins_over_a_newer_one() -> None:
    listed = [
        container("a1", image="aws_beanstalk/current-app"),
        container("b2", created="2026-11-22T10:00:00Z"),
    ]
    assert [line[:2] for line in read(listed)] == ["a1", "b2"]


HOSTILE = [
    '"NetworkSettings": {"Networks": {"x": {"IPAddress": "6.6.6.6"}}}',
    '}}}], "State": {"Running": true}, [{',
    '\\"IPAddress\\": \\"6.6.6.6\\"\\\\',
    '\n    "IPAddress": "6.6.6.6",\n',
    "3334/tcp",
    "é 漢 \x01 \u2028",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_labels_and_environment_that_look_like_json_change_nothing(text: str) -> None:
    labels = {"IPAddress": "6.6.6.6", "ExposedPorts": text, text: text, "Networks": text}
    listed = [container(labels=labels, environment=[f"A={text}", text])]
    assert read(listed) == [f"{'a1' * 32} 172.17.0.2"]
    without = [container(labels=labels, environment=[text], port="")]
    assert read(without) == []


def test_a_label_named_like_the_port_does_not_expose_it() -> None:
    assert read([container(labels={"3334/tcp": "{}"}, port="")]) == []


def test_an_address_that_is_none_is_not_printed() -> None:
    assert read([container(addresses={"x": "1.2.3.4; evil"}, engine=29)]) == []


@given(st.dictionaries(st.text(max_size=40), st.text(max_size=60), max_size=4))
def test_no_label_at_all_changes_the_answer(labels: dict[str, str]) -> None:
    listed = [container(labels=labels), container("b2", port="", labels=labels)]
    assert read(listed) == [f"{'a1' * 32} 172.17.0.2"]


def test_what_was_cut_short_is_an_error() -> None:
    done = subprocess.run(
        ["awk", "-v", "port=3334/tcp", "-f", HOOKS / "containers.awk"],
        input=json.dumps([container()], indent=4)[:-40],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
