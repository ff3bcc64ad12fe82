import os
import socket
from pathlib import Path

import pytest

from proxy.cli import machine_facts
from proxy.core.diagnosis import PortState
from proxy.settings import replace_setting
from tests.system.installation import free_ports


@pytest.fixture
def listener():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_free_port_stays_free_after_the_trial(settings):
    front, notebook = free_ports(2)
    elsewhere = replace_setting(settings, front_port=front, notebook_port=notebook)
    for _ in range(2):
        ports = machine_facts.find_ports(elsewhere, ())
        assert [port.state for port in ports] == [PortState.FREE, PortState.FREE], ports


def test_the_program_that_listens_is_named(settings, listener):
    front, _ = machine_facts.find_ports(replace_setting(settings, front_port=listener), ())
    assert front.state is PortState.TAKEN
    assert f"(process {os.getpid()})" in front.holder


def test_our_own_programs_are_told_from_others(settings, listener):
    taken = replace_setting(settings, front_port=listener)
    front, _ = machine_facts.find_ports(taken, {os.getpid()})
    assert front.state is PortState.OURS


def test_an_address_of_another_machine_is_recognised(settings):
    elsewhere = replace_setting(settings, bind="192.0.2.1")
    assert machine_facts.find_ports(elsewhere, ())[0].state is PortState.NOT_HERE


def test_an_ipv6_address_is_recognised(settings):
    elsewhere = replace_setting(settings, bind="::1")
    assert machine_facts.find_ports(elsewhere, ())[0].state is PortState.NOT_IPV4


def test_a_name_that_does_not_resolve_is_no_address_of_this_machine(settings):
    elsewhere = replace_setting(settings, bind="no such name")
    assert machine_facts.find_ports(elsewhere, ())[0].state is PortState.NOT_HERE


def test_a_missing_folder_is_judged_by_its_nearest_parent(settings):
    data, notebooks = machine_facts.find_folders(settings)
    assert (data.exists, data.is_writable, data.is_ours) == (False, True, True)
    assert notebooks.path == str(settings.notebooks)
    assert not settings.data.exists()


def test_a_file_in_place_of_a_folder_cannot_be_written(settings):
    settings.data.write_text("")
    assert not machine_facts.find_folders(settings)[0].is_writable


def test_modes_of_folders_are_told(settings):
    settings.data.mkdir()
    settings.data.chmod(0o757)
    assert machine_facts.find_folders(settings)[0].mode == 0o757


def test_private_files_are_those_that_exist(settings):
    assert machine_facts.find_private_files(settings) == []
    settings.data.mkdir()
    path = settings.data / "secret"
    path.write_text("x")
    path.chmod(0o640)
    (found,) = machine_facts.find_private_files(settings)
    assert (found.path, found.mode, found.is_ours) == (str(path), 0o640, True)


def test_one_disk_is_looked_at_once(settings):
    (disk,) = machine_facts.find_disks(settings)
    assert 0 < disk.free <= disk.total


def test_a_socket_path_is_measured_in_bytes():
    assert machine_facts.measure_socket_path(Path("/é")).size == 3


def test_the_newest_file_time_includes_ours(settings):
    before = machine_facts.newest_file_time(settings)
    assert before is not None
    settings.data.mkdir()
    (settings.data / "secret").write_text("x")
    os.utime(settings.data / "secret", (4e9, 4e9))
    after = machine_facts.newest_file_time(settings)
    assert after is not None
    assert after.at == 4e9
    assert before.at < after.at
