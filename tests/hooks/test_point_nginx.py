"""Pointing nginx at the container: what is waited for, written, put back and told."""

import fcntl
import stat
import subprocess

import pytest

from tests.hooks.machine import HOOKS, Machine, container

ADDRESS = "172.17.0.2"
SERVERS = "conf.d/sifu-servers.conf"
UPSTREAMS = "conf.d/sifu-upstreams.conf"
PORT_80 = "conf.d/elasticbeanstalk/sifu-port-80.conf"


@pytest.fixture
def machine(machine: Machine) -> Machine:
    machine.show_containers([container()], ADDRESS)
    return machine


def pointed(machine: Machine) -> subprocess.CompletedProcess[str]:
    done = machine.point()
    assert done.returncode == 0, done.stderr
    return done


def test_upstreams_virtual_hosts_and_page_are_installed(machine: Machine) -> None:
    pointed(machine)
    upstreams = machine.ours()[UPSTREAMS]
    assert f"server {ADDRESS}:3334 max_fails=0;" in upstreams
    assert f"server {ADDRESS}:3335 max_fails=0;" in upstreams
    assert upstreams.count("keepalive 256;") == 2
    assert SERVERS in machine.ours()
    assert (machine.opt / "pages" / "sifu-away.html").exists()
    assert "@" not in "".join(machine.ours().values())
    assert machine.reloads() == 1
    assert {stat.S_IMODE((machine.nginx / name).stat().st_mode) for name in machine.ours()} == {
        0o644
    }


def test_run_twice_it_reloads_once(machine: Machine) -> None:
    pointed(machine)
    before = machine.ours()
    pointed(machine)
    assert machine.ours() == before
    assert machine.reloads() == 1


def test_a_new_address_is_a_reload(machine: Machine) -> None:
    pointed(machine)
    machine.show_containers([container(addresses={"bridge": "172.17.0.7"})], "172.17.0.7")
    pointed(machine)
    assert "172.17.0.7:3334" in machine.ours()[UPSTREAMS]
    assert machine.reloads() == 2


def test_beanstalks_files_are_left_alone(machine: Machine) -> None:
    beanstalks = machine.nginx / "conf.d" / "elasticbeanstalk-nginx-docker-upstream.conf"
    beanstalks.write_text("upstream docker { server 172.17.0.1:3334; }\n")
    pointed(machine)
    assert beanstalks.read_text() == "upstream docker { server 172.17.0.1:3334; }\n"


def test_of_two_running_containers_the_newest_is_taken(machine: Machine) -> None:
    new = container("b2", created="2026-11-21T11:00:00Z", addresses={"bridge": "172.17.0.5"})
    machine.show_containers(
        [container(), new, container("c3", running=False)], "172.17.0.5", ADDRESS
    )
    pointed(machine)
    assert "172.17.0.5:3334" in machine.ours()[UPSTREAMS]


def test_of_its_networks_the_one_that_answers_is_taken(machine: Machine) -> None:
    addresses = {"front": "172.20.0.3", "back": "172.21.0.3"}
    machine.show_containers([container(addresses=addresses, engine=29)], "172.21.0.3")
    pointed(machine)
    assert "172.21.0.3:3334" in machine.ours()[UPSTREAMS]


def test_a_container_that_never_answers_fails_the_deployment(machine: Machine) -> None:
    machine.show_containers([container()])
    (machine.fake / "logs").write_text("Cannot open the database\nlink: /sign-in?code=abc123 ok\n")
    done = machine.point()
    assert done.returncode == 1
    assert f"does not answer at {ADDRESS}" in done.stderr
    assert "waiting for Sifu, 0 of 1 seconds" in done.stderr
    assert "Cannot open the database" in done.stderr
    assert "abc123" not in done.stderr
    assert machine.ours() == {}
    assert machine.reloads() == 0


def test_no_container_at_all_fails_the_deployment(machine: Machine) -> None:
    machine.show_containers([container(running=False)], ADDRESS)
    done = machine.point()
    assert done.returncode == 1
    assert "no running container has port 3334" in done.stderr


def test_a_docker_that_does_not_answer_is_named(machine: Machine) -> None:
    (machine.folder / "bin" / "docker").write_text("#!/bin/sh\nexit 1\n")
    done = machine.point()
    assert done.returncode == 1
    assert "Docker does not answer" in done.stderr


def test_a_refused_first_installation_leaves_nothing(machine: Machine) -> None:
    break_template(machine)
    done = machine.point()
    assert done.returncode == 1
    assert "BROKEN" in done.stderr
    assert machine.ours() == {}


def test_a_refused_change_brings_all_former_files_back(machine: Machine) -> None:
    pointed(machine)
    before = machine.ours()
    break_template(machine)
    machine.show_containers([container(addresses={"bridge": "172.17.0.7"})], "172.17.0.7")
    done = machine.point()
    assert done.returncode == 1
    assert "nginx goes on as before" in done.stderr
    assert machine.ours() == before
    assert not list(machine.nginx.glob(".sifu*"))


def test_a_reload_that_fails_brings_all_former_files_back(machine: Machine) -> None:
    pointed(machine)
    before = machine.ours()
    (machine.folder / "systemd").mkdir()
    (machine.folder / "bin" / "systemctl").write_text("#!/bin/sh\nexit 1\n")
    machine.show_containers([container(addresses={"bridge": "172.17.0.7"})], "172.17.0.7")
    done = machine.point()
    assert done.returncode == 1
    assert machine.ours() == before
    assert "did not take them" in done.stderr


def test_a_port_that_something_else_has_is_a_failure(machine: Machine) -> None:
    (machine.fake / "served").write_text("HTTP/1.1 404 Not Found\r\nServer: Python\r\n")
    done = machine.point()
    assert done.returncode == 1
    assert "nginx does not listen on port 3334" in done.stderr
    assert machine.ours() == {}


def test_a_run_that_was_killed_amid_its_change_is_undone_by_the_next(machine: Machine) -> None:
    pointed(machine)
    before = machine.ours()
    nginx = machine.folder / "bin" / "nginx"
    whole = nginx.read_text()
    nginx.write_text(whole + 'case "$*" in *reload) kill -9 "$PPID" ;; esac\n')
    machine.set_property("HOST_ONE_PORT", "1")
    assert machine.point().returncode == -9
    assert SERVERS not in machine.ours()
    nginx.write_text(whole)
    machine.set_property("HOST_ONE_PORT", "0")
    done = pointed(machine)
    assert "an earlier run was killed" in done.stderr
    assert machine.ours() == before
    assert not list(machine.nginx.glob(".sifu*"))
    reloads = machine.reloads()
    pointed(machine)
    assert machine.reloads() == reloads


def test_two_at_once_are_one_after_the_other(machine: Machine) -> None:
    (machine.folder / "run").mkdir()
    with (machine.folder / "run" / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = machine.point(HOST_LOCK_SECONDS="1")
    assert done.returncode == 1
    assert "has been changing nginx" in done.stderr
    assert machine.ours() == {}


def test_one_public_port_is_an_include_of_beanstalks_server(machine: Machine) -> None:
    pointed(machine)
    machine.set_property("HOST_ONE_PORT", "1")
    pointed(machine)
    assert "http://jupyter" in machine.ours()[PORT_80]
    assert SERVERS not in machine.ours()
    machine.set_property("HOST_ONE_PORT", "0")
    pointed(machine)
    assert "http://jupyter" not in machine.ours()[PORT_80]
    assert SERVERS in machine.ours()


def test_a_broken_get_config_does_not_turn_switches_off(machine: Machine) -> None:
    machine.set_property("HOST_ONE_PORT", "1")
    pointed(machine)
    before = machine.ours()
    (machine.fake / "get-config-is-broken").touch()
    done = machine.point()
    assert done.returncode != 0
    assert machine.ours() == before


def test_the_hosts_network_needs_one_public_port(machine: Machine) -> None:
    machine.show_containers([container(addresses={"host": ""}, mode="host")], "127.0.0.1")
    done = machine.point()
    assert done.returncode == 1
    assert "HOST_ONE_PORT" in done.stderr
    machine.set_property("HOST_ONE_PORT", "1")
    pointed(machine)
    assert "server 127.0.0.1:3335" in machine.ours()[UPSTREAMS]


def test_the_vpc_is_asked_for_its_networks(machine: Machine) -> None:
    answers = machine.fake / "metadata"
    answers.mkdir()
    (answers / "token").write_text("session")
    (answers / "mac").write_text("0a:ff:00:00:00:01")
    (answers / "vpc-ipv4-cidr-blocks").write_text("10.1.0.0/16\n10.2.0.0/16")
    pointed(machine)
    ours = machine.ours()
    assert (
        ours["sifu/real_ip.conf"]
        == "set_real_ip_from 10.1.0.0/16;\nset_real_ip_from 10.2.0.0/16;\n"
    )
    assert ours["sifu/balancers.conf"] == "10.1.0.0/16 1;\n10.2.0.0/16 1;\n"


def test_without_an_answer_nobody_is_believed(machine: Machine) -> None:
    done = pointed(machine)
    assert "nobody is believed" in done.stderr
    assert machine.ours()["sifu/real_ip.conf"] == machine.ours()["sifu/balancers.conf"] == ""


def test_configured_networks_go_before_the_vpcs_and_are_checked(machine: Machine) -> None:
    machine.set_property("HOST_TRUSTED_NETWORKS", "10.9.0.0/16, 192.0.2.7 2001:db8::/32,;evil {}")
    done = pointed(machine)
    expected = "10.9.0.0/16 1;\n192.0.2.7/32 1;\n2001:db8::/32 1;\n"
    assert machine.ours()["sifu/balancers.conf"] == expected
    assert "left out of the trusted networks: ;evil" in done.stderr


def test_the_health_log_is_written_only_where_somebody_reads_it(machine: Machine) -> None:
    pointed(machine)
    assert "healthd" not in machine.ours()["sifu/logs.conf"]
    machine.health_logs.mkdir()
    pointed(machine)
    expected = f"access_log {machine.health_logs}/application.log.$sifu_hour sifu_healthd"
    assert expected in machine.ours()["sifu/logs.conf"]


def test_the_follower_is_installed_where_deployments_do_not_reach(machine: Machine) -> None:
    (machine.folder / "systemd").mkdir()
    pointed(machine)
    for name in ("lib.sh", "containers.awk", "follow_containers.sh"):
        assert (machine.opt / name).read_text() == (HOOKS / name).read_text()
    assert (machine.opt / "upstreams.conf.template").exists()
    assert (machine.units / "sifu-upstreams.service").exists()
    assert machine.called("systemctl daemon-reload") == 1
    assert machine.called("systemctl enable --quiet sifu-upstreams.service") == 1
    assert machine.called("systemctl restart sifu-upstreams.service") == 1


def test_the_follower_is_restarted_only_if_it_changed_or_died(machine: Machine) -> None:
    (machine.folder / "systemd").mkdir()
    (machine.fake / "active").touch()
    pointed(machine)
    pointed(machine)
    assert machine.called("systemctl restart sifu-upstreams.service") == 1
    (machine.opt / "follow_containers.sh").write_text("# of an older version\n")
    pointed(machine)
    assert machine.called("systemctl restart sifu-upstreams.service") == 2
    (machine.fake / "active").unlink()
    pointed(machine)
    assert machine.called("systemctl restart sifu-upstreams.service") == 3


def test_a_configuration_deployment_runs_the_same_hook(machine: Machine) -> None:
    path = ".platform/confighooks/postdeploy/02_point_nginx.sh"
    done = subprocess.run(
        [*machine.shell, path],
        cwd=machine.bundle,
        env=machine.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def break_template(machine: Machine) -> None:
    template = machine.bundle / ".platform" / "sifu" / "nginx" / "servers.conf"
    template.write_text(template.read_text() + "BROKEN\n")
