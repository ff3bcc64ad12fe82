import pytest

from proxy.core.service_diagnosis import (
    Answer,
    Database,
    Jupyter,
    Kernel,
    Program,
    Service,
    examine_database,
    examine_jupyter,
    examine_service,
)

PYTHON = Kernel("python3", "/usr/bin/python3", is_found=True)


def database(**changes: object) -> Database:
    facts = {"exists": True, "revision": "0002", "known": ("0001", "0002")}
    return Database("sqlite:///sifu.db", **(facts | changes))  # type: ignore[arg-type]


def test_a_database_that_is_not_there_yet_is_fine():
    examination = examine_database(database(exists=False, revision=None))
    assert examination.findings == ()
    assert "no database yet" in examination.praise


def test_an_up_to_date_database_is_praised():
    assert examine_database(database()).findings == ()


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"failure": "disk I/O error"}, "disk I/O error"),
        ({"damage": "row 3 missing from index"}, "damaged"),
        ({"revision": "0003"}, "newer Sifu"),
    ],
)
def test_a_database_that_cannot_serve_is_a_problem(changes, word):
    (finding,) = examine_database(database(**changes)).findings
    assert finding.is_problem
    assert word in finding.wrong


@pytest.mark.parametrize("revision", [None, "0001"])
def test_an_older_schema_is_advice_because_the_start_migrates(revision):
    (finding,) = examine_database(database(revision=revision)).findings
    assert not finding.is_problem


def test_jupyter_is_praised_with_its_kernels():
    examination = examine_jupyter(Jupyter("", (PYTHON,)))
    assert examination.findings == ()
    assert "python3" in examination.praise


@pytest.mark.parametrize(
    ("jupyter", "word"),
    [
        (Jupyter("No module named 'jupyterlab'"), "No module named"),
        (Jupyter("", ()), "no kernel"),
        (Jupyter("", (PYTHON, Kernel("r", "/opt/r", is_found=False))), "/opt/r"),
    ],
)
def test_what_keeps_notebooks_from_running_is_told(jupyter, word):
    (finding,) = examine_jupyter(jupyter).findings
    assert word in finding.wrong


def test_a_gateway_needs_no_kernel_here():
    examination = examine_jupyter(Jupyter("", (), has_gateway=True))
    assert examination.findings == ()
    assert "gateway" in examination.praise


def test_nothing_running_is_fine():
    examination = examine_service(Service())
    assert examination.findings == ()
    assert "`sifu up` starts it" in examination.praise


def test_a_running_sifu_that_answers_is_praised():
    programs = [Program(1, "supervisord", is_orphan=False), Program(2, "front", is_orphan=False)]
    examination = examine_service(Service(programs, [Answer("front", "http://x/healthz")]))
    assert examination.findings == ()
    assert "is running (2 programs)" in examination.praise


def test_orphans_are_listed_in_one_finding():
    programs = [Program(2, "front", is_orphan=True), Program(3, "relay", is_orphan=True)]
    (finding,) = examine_service(Service(programs)).findings
    assert "front (2), relay (3)" in finding.wrong


def test_a_program_that_does_not_answer_is_told():
    answers = [Answer("front", "http://x/healthz", "it says 503")]
    (finding,) = examine_service(Service(answers=answers)).findings
    assert finding.is_problem
    assert "it says 503" in finding.wrong


def test_a_lost_server_is_advice():
    (finding,) = examine_service(Service(lost=["ann/home"])).findings
    assert not finding.is_problem
    assert "ann/home" in finding.wrong
