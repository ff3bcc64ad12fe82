"""The Sifu that runs, at a glance."""

from proxy.cli.status import describe

OVERVIEW = {
    "states": {"ready": 2, "queued": 1},
    "queue": [{"owner": "ada", "workspace": "home", "place": 1}],
    "servers_memory": 100 * 2**20,
    "memory_total": 2**34,
    "memory_free": 2**33,
    "cpu": 12.0,
    "cores": 2,
    "disks": [{"path": "/notebooks", "total": 2**40, "free": 2**39}],
    "maintenance": True,
    "isolated": False,
    "versions": {"Sifu": "0.1.0"},
}


def test_everything_has_its_line():
    shown = dict(describe(OVERVIEW))
    assert shown["servers"] == "2 ready, 1 queued"
    assert shown["queue"] == "ada/home"
    assert shown["memory of servers"] == "100 MiB"
    assert shown["disk left, /notebooks"] == "512 GiB of 1.0 TiB"
    assert shown["maintenance"].startswith("yes")
    assert "one account" in shown["isolation"]
    assert shown["Sifu"] == "0.1.0"


def test_without_a_running_sifu_it_says_so(installed, sifu):
    result = sifu("status")
    assert result.exit_code == 1
    assert "does not answer" in result.stderr
