"""What is configured, offered and saved; `servers/test_real_course_kernels` has a real Jupyter."""

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from traitlets import Unicode
from traitlets.config import LoggingConfigurable

from proxy.core.course_environment import course_key, kernel_name
from proxy.notebook.configuration import server_config
from proxy.notebook.course_kernels import CourseKernelSpecs, keep_name
from tests.notebook.test_handed_down import HANDED


class Server(LoggingConfigurable):  # type: ignore[misc] # it is Any here
    """What the classes ask of the application."""

    root_dir = Unicode()


FOLDER = Path("/run/servers/ada.home")


@pytest.fixture
def specs(tmp_path: Path) -> CourseKernelSpecs:
    index = tmp_path / "index.json"
    index.write_text(json.dumps({course_key(name): sys.executable for name in ("stats", "a b")}))
    for name in ("stats", "other", ".hidden"):
        (tmp_path / "root" / name).mkdir(parents=True)
    return CourseKernelSpecs(index=str(index), parent=Server(root_dir=str(tmp_path / "root")))


def test_a_gateway_has_its_own_kernels() -> None:
    here = replace(HANDED, course_environments="/srv/index.json", gateway_url="")
    server = server_config(here, FOLDER)["ServerApp"]
    assert server["kernel_manager_class"].endswith(".CourseKernels")
    assert server_config(here, FOLDER)["CourseKernelSpecs"] == {"index": "/srv/index.json"}
    for changed in (replace(here, gateway_url="http://gateway.example.org"), HANDED):
        assert "kernel_manager_class" not in server_config(changed, FOLDER)["ServerApp"]


@pytest.mark.parametrize(
    ("path", "course"),
    [
        ("stats", "stats"),
        ("stats/week 1/a.ipynb", "stats"),
        ("/stats//x", "stats"),
        ("./stats/x", "stats"),
        ("other/stats/x", ""),
        ("a b/x", "a b"),
        ("", ""),
        ("..", ""),
        ("../stats/x", ""),
        ("stats/../other/x", ""),
        ("other/../stats/x", "stats"),
    ],
)
def test_a_path_is_in_the_course_whose_folder_comes_first(
    specs: CourseKernelSpecs, path: str, course: str
) -> None:
    assert specs.course_of_path(path) == course


def test_only_courses_of_the_workspace_are_offered(specs: CourseKernelSpecs) -> None:
    offered = specs.get_all_specs()
    assert offered[kernel_name("stats")]["spec"]["display_name"] == "Python (stats)"
    assert kernel_name("a b") not in offered
    assert "python3" in offered


def test_a_name_of_a_course_that_is_gone_still_opens(specs: CourseKernelSpecs) -> None:
    found = specs.get_kernel_spec(kernel_name("gone"))
    assert found.display_name == specs.get_kernel_spec("python3").display_name
    assert specs.has(kernel_name("stats"))
    assert not specs.has(kernel_name("gone"))


def test_what_is_saved_has_the_name_that_opens_anywhere() -> None:
    spec = {"name": kernel_name("stats"), "display_name": "Python (stats)"}
    content: dict[str, Any] = {"metadata": {"kernelspec": spec, "kept": 1}, "cells": []}
    keep_name(model={"type": "notebook", "content": content}, path="x")
    assert content["metadata"]["kernelspec"]["name"] == "python3"
    assert content["metadata"]["kept"] == 1
    other = {"metadata": {"kernelspec": {"name": "ir"}}}
    keep_name(model={"type": "notebook", "content": other}, path="x")
    assert other == {"metadata": {"kernelspec": {"name": "ir"}}}


@pytest.mark.parametrize(
    "model",
    [{}, {"type": "file", "content": "x"}, {"type": "notebook", "content": {}}, {"content": None}],
)
def test_other_files_are_saved_as_they_are(model: dict[str, Any]) -> None:
    before = json.dumps(model)
    keep_name(model=model, path="x")
    assert json.dumps(model) == before
