"""Memory is added up by what a process is for, and shared pages are counted once."""

import os
import subprocess
import sys

import pytest

from bench.missing import Failed
from bench.servers import hub, sifu
from bench.servers.shares import Part, measure_parts, proportional, share_out

ROLLUP = """55d0c0a00000-7ffd1c5f2000 ---p 00000000 00:00 0                          [rollup]
Rss:               96700 kB
Pss:               41100 kB
Pss_Dirty:         35000 kB
Private_Clean:       900 kB
"""


def test_the_proportional_line_is_read_and_not_one_that_begins_alike():
    assert proportional(ROLLUP) == 41_100 * 1024


def test_a_kernel_without_that_line_is_not_taken_for_zero():
    with pytest.raises(Failed, match="proportional"):
        proportional("Rss: 96700 kB\n")


def test_the_fork_server_is_shared_out_among_the_servers_and_the_house_is_not():
    sums = {Part.SERVER: 400, Part.STUB: 40, Part.FORK_SERVER: 60, Part.HOUSE: 1000}
    shares = share_out({part: size * 10**6 for part, size in sums.items()}, servers=20)
    assert shares.figures() == {
        "per_server": 25.0,
        "servers_alone": 20.0,
        "stubs": 2.0,
        "fork_server": 3.0,
        "house": 1000.0,
    }


def test_an_installation_without_a_fork_server_has_no_share_of_one():
    shares = share_out({Part.SERVER: 10**7}, servers=2)
    assert (shares.per_server, shares.fork_server, shares.house) == (5.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("command", "part"),
    [
        ("python -I -m proxy.notebook.fork_server /run/fork.sock", Part.FORK_SERVER),
        ("python -I -S /x/proxy/notebook/stub.py /run/fork.sock /run/starts/a", Part.STUB),
        ("python -m proxy.front_app", Part.HOUSE),
        ("python -m proxy.relay_app", Part.HOUSE),
        ("python -m proxy.servers.fatal_listener", Part.HOUSE),
        ("python -I -m proxy.notebook /run/servers/ada.home", Part.SERVER),
        ("python -m ipykernel_launcher -f kernel.json", Part.SERVER),
    ],
)
def test_ours_are_told_apart_by_their_command_lines(command: str, part: Part):
    assert sifu.part_of(command) is part


def test_of_jupyterhub_only_its_proxy_is_no_server():
    assert hub.part_of("node /x/.bin/configurable-http-proxy --ip 127.0.0.1") is Part.HOUSE
    assert hub.part_of("python /x/jupyterhub-singleuser --allow-root") is Part.SERVER


def test_children_are_counted_with_their_mother():
    child = subprocess.Popen(
        [sys.executable, "-c", "print(flush=True); input()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        assert child.stdout is not None
        child.stdout.readline()
        sums = measure_parts(os.getpid(), lambda command: Part.SERVER)
    finally:
        child.communicate(b"\n")
    assert sums[Part.HOUSE] > sums[Part.SERVER] > 0


def test_an_installation_that_ended_is_no_figure():
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    with pytest.raises(Failed, match="ended"):
        measure_parts(child.pid, lambda command: Part.SERVER)
