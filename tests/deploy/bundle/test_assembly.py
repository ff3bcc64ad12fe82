"""From a folder to a zip that Beanstalk takes."""

import hashlib
import os
import zipfile

import pytest

from proxy.deploy.bundle import assembly as bundle
from proxy.deploy.bundle.assembly import (
    BundleChoices,
    InvalidBundle,
    LoadBalancer,
    assemble,
    write_bundle,
)
from tests.deploy.checkout import FILES, make_checkout


def test_the_same_checkout_gives_the_same_bytes(tmp_path):
    one = write_bundle(make_checkout(tmp_path / "one"), tmp_path / "one.zip")
    other = make_checkout(tmp_path / "other")
    for path in other.rglob("*"):
        os.utime(path, (1, 1))
        path.chmod(0o700)
    two = write_bundle(other, tmp_path / "two.zip")
    assert (one.sha256, one.label, one.size) == (two.sha256, two.label, two.size)
    assert one.path.read_bytes() == two.path.read_bytes()


def test_a_change_gives_another_label(tmp_path):
    one = write_bundle(make_checkout(tmp_path))
    two = write_bundle(make_checkout(tmp_path, LICENSE="Do not.\n"))
    assert one.label != two.label


def test_what_is_said_of_a_bundle_is_so(tmp_path):
    made = write_bundle(make_checkout(tmp_path), moment=1_800_000_000)
    data = made.path.read_bytes()
    assert made.path == tmp_path / "build" / f"{made.label}.zip"
    assert made.label == f"sifu-1.2.3-{made.sha256[:12]}"
    assert (made.size, made.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    with zipfile.ZipFile(made.path) as archive:
        assert len(archive.namelist()) == made.files
        assert {info.date_time for info in archive.infolist()} == {(2027, 1, 15, 8, 0, 0)}


def test_the_layout_is_the_one_that_beanstalk_reads(tmp_path):
    choices = BundleChoices(LoadBalancer.CLASSIC, efs=True, one_port=True)
    made = write_bundle(make_checkout(tmp_path), None, choices)
    with zipfile.ZipFile(made.path) as archive:
        names = set(archive.namelist())
    assert {
        "Dockerfile",
        "Dockerrun.aws.json",
        ".dockerignore",
        ".ebextensions/10_health.config",
        ".ebextensions/load_balancer_classic.config",
        ".ebextensions/efs.config",
        ".ebextensions/one_port.config",
        ".platform/hooks/prebuild/01_hand_over_token.sh",
        ".platform/confighooks/postdeploy/02_point_nginx.sh",
        ".platform/sifu/lib.sh",
        ".platform/sifu/nginx/sifu.conf",
        "proxy/__init__.py",
    } <= names
    assert not {name for name in names if name.startswith((".platform/nginx", "ebextensions"))}
    # On one public port nothing listens on the others.
    assert ".ebextensions/ports_classic.config" not in names


def test_secrets_and_leftovers_stay_here(tmp_path):
    names = (
        *(".deployment_token", ".env", ".git/config", "data/secret", "notebooks/a.ipynb"),
        *("proxy/server.pem", "proxy/credentials.json", "proxy/.env", "proxy/a.log"),
        *("docker-compose.yml", "tests/a.py", "build/old.zip", "proxy/__pycache__/a.pyc"),
    )
    plain = write_bundle(make_checkout(tmp_path / "plain"))
    full = make_checkout(tmp_path / "full", **dict.fromkeys(names, "x"))
    assert write_bundle(full).sha256 == plain.sha256
    left_out = assemble(full).left_out
    assert left_out == ("proxy/a.log", "proxy/credentials.json", "proxy/server.pem")


def test_courses_and_private_requirements_come_along(tmp_path):
    made = write_bundle(make_checkout(tmp_path, **{"courses.toml": "", OWN: "x==1\n"}))
    with zipfile.ZipFile(made.path) as archive:
        assert {"courses.toml", OWN} <= set(archive.namelist())


OWN = "requirements/private.txt"


def test_a_bundle_with_problems_is_not_written(tmp_path):
    source = make_checkout(tmp_path, **{"ebextensions/50_own.config": "a: 1\nb: 2\n"})
    with pytest.raises(InvalidBundle) as caught:
        write_bundle(source, tmp_path / "a.zip")
    assert [problem.partition(": ")[0] for problem in caught.value.problems] == [
        "ebextensions/50_own.config:1",
        "ebextensions/50_own.config:2",
    ]
    assert not (tmp_path / "a.zip").exists()
    assert not (tmp_path / "build").exists()


def test_a_link_is_a_problem(tmp_path):
    source = make_checkout(tmp_path)
    (source / "proxy" / "link.py").symlink_to("__init__.py")
    (problem,) = assemble(source).problems
    assert str(problem).startswith("proxy/link.py: is a link")


def test_a_folder_that_is_no_checkout_is_told_what_it_lacks(tmp_path):
    with pytest.raises(InvalidBundle, match=r"Dockerfile, Dockerrun\.aws\.json.* is missing"):
        write_bundle(tmp_path)


def test_a_checkout_without_a_version_is_told(tmp_path):
    with pytest.raises(InvalidBundle, match="holds no version"):
        assemble(make_checkout(tmp_path, **{"pyproject.toml": "[project]\n"}))


def test_more_than_beanstalk_takes_is_not_even_read(tmp_path, monkeypatch):
    monkeypatch.setattr(bundle, "MOST_BYTES", 10_000)
    source = make_checkout(tmp_path, **{"proxy/a.py": "x" * 20_000})
    with pytest.raises(InvalidBundle, match=r"limit\. Look at proxy/a\.py first"):
        assemble(source)


def test_an_odd_version_makes_a_label_that_amazon_takes(tmp_path):
    project = FILES["pyproject.toml"].replace("1.2.3", "1/2 3")
    label = write_bundle(make_checkout(tmp_path, **{"pyproject.toml": project})).label
    assert label.startswith("sifu-1-2-3-")
