"""How a forked server ends; its birth is tried in test_fork_server."""

from proxy.notebook.forked import _status_of


def test_an_exit_means_what_it_means_to_python() -> None:
    assert _status_of(SystemExit()) == 0
    assert _status_of(SystemExit(3)) == 3
    assert _status_of(SystemExit("why")) == 1
