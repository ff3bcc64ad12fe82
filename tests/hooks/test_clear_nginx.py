"""Before the flip: files of ours go only where they would keep nginx from starting."""

import shutil

import pytest

from tests.hooks.machine import Machine, container

SERVERS = "conf.d/sifu-servers.conf"
UPSTREAMS = "conf.d/sifu-upstreams.conf"


@pytest.fixture
def machine(machine: Machine) -> Machine:
    machine.show_containers([container()], "172.17.0.2")
    return machine


def test_a_working_set_is_left_alone_before_the_flip(machine: Machine) -> None:
    assert machine.point().returncode == 0
    before = machine.ours()
    assert machine.clear().returncode == 0
    assert machine.ours() == before


def test_virtual_hosts_without_their_upstreams_are_removed(machine: Machine) -> None:
    assert machine.point().returncode == 0
    (machine.nginx / UPSTREAMS).unlink()
    done = machine.clear()
    assert done.returncode == 0
    assert "removing Sifu's files" in done.stderr
    assert machine.ours() == {}


def test_upstreams_that_are_cut_off_are_removed(machine: Machine) -> None:
    assert machine.point().returncode == 0
    (machine.nginx / UPSTREAMS).write_text("upstream sifu {")
    machine.clear()
    assert machine.ours() == {}


@pytest.mark.parametrize("where", ["nginx", "proxy-staging"])
def test_files_of_ours_that_do_not_fit_are_removed(machine: Machine, where: str) -> None:
    assert machine.point().returncode == 0
    place = machine.folder / where
    place.mkdir(exist_ok=True)
    (place / "nginx.conf").write_text("events {}\n")
    (machine.nginx / SERVERS).write_text("BROKEN\n")
    done = machine.clear()
    assert done.returncode == 0
    assert "nginx would not start with them" in done.stderr
    assert machine.ours() == {}


def test_a_configuration_that_is_broken_without_us_is_not_our_fault(machine: Machine) -> None:
    assert machine.point().returncode == 0
    before = machine.ours()
    (machine.nginx / "nginx.conf").write_text("events {}\n")
    (machine.nginx / "conf.d" / "somebodys.conf").write_text("BROKEN\n")
    machine.clear()
    assert machine.ours() == before


def test_before_the_first_deployment_there_is_nothing_to_clear(machine: Machine) -> None:
    shutil.rmtree(machine.nginx)
    done = machine.clear()
    assert done.returncode == 0
    assert done.stderr == ""
