"""Kernels with the packages of a course, for the notebooks in that course's folder.

Promises: a notebook below `<root>/<course>` that asks for the default Python gets the course's, if
there is one, and its toolbar says so (“Python (stats)”); whatever else it asks for it gets. Only
courses whose folder is in the workspace are offered. On the disk the notebook keeps the name of the
default Python, so that it opens anywhere, and is not changed by being opened here. Without an
environment everything is as Jupyter has it. Must not: start anything but by `course_python`.
"""

import os
import posixpath
import sys
from pathlib import Path
from typing import Any

from ipykernel.kernelspec import RESOURCES
from jupyter_client.kernelspec import NATIVE_KERNEL_NAME, KernelSpec, KernelSpecManager
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from traitlets import Unicode

from proxy.core.course_environment import (
    course_key,
    display_name,
    is_kernel_of_course,
    kernel_name,
)
from proxy.notebook import course_python

# In a workspace; whoever has more folders finds the first of them offered.
_MOST_FOLDERS = 2000
_DEFAULT = frozenset({None, "", NATIVE_KERNEL_NAME})
_SAVED = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": NATIVE_KERNEL_NAME}


def configure(config: dict[str, dict[str, Any]], index: str) -> None:
    """Put the two classes into a server's configuration; `index` as in `course_python`."""
    if not index:
        return
    here = "proxy.notebook.course_kernels"
    config["ServerApp"]["kernel_manager_class"] = f"{here}.CourseKernels"
    config["ServerApp"]["kernel_spec_manager_class"] = f"{here}.CourseKernelSpecs"
    config["CourseKernelSpecs"] = {"index": index}


class CourseKernelSpecs(KernelSpecManager):
    """What Jupyter finds, and one more for each course in the workspace that has packages."""

    index = Unicode(config=True, help="where it stands which Python the kernels of a course run")

    def course_of_path(self, path: str) -> str:
        """Return the course in whose folder an API path lies, if it has packages; or nothing."""
        first = posixpath.normpath(path.strip("/")).partition("/")[0]
        if first in {"", ".", ".."}:
            return ""
        return first if course_python.interpreter_of(self.index, course_key(first)) else ""

    def find_kernel_specs(self) -> dict[str, str]:
        """Return all names, with their folders."""
        found: dict[str, str] = super().find_kernel_specs()
        return found | {kernel_name(course): RESOURCES for course in self._courses()}

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """Return one; for a course without packages the default, so that its notebooks open."""
        if not is_kernel_of_course(kernel_name):
            return super().get_kernel_spec(kernel_name)
        course = self._find(kernel_name)
        return _spec(self.index, course) if course else super().get_kernel_spec(NATIVE_KERNEL_NAME)

    def has(self, name: str) -> bool:
        """Is it the kernel of a course in this workspace that has packages?"""
        return bool(self._find(name))

    def _find(self, name: str) -> str:
        return next((each for each in self._courses() if kernel_name(each) == name), "")

    def _courses(self) -> list[str]:
        return [each for each in _folders(self.parent.root_dir) if self.course_of_path(each)]


class CourseKernels(AsyncMappingKernelManager):  # type: ignore[misc] # it is Any here
    """Gives the default Python of a notebook in a course that course's packages."""

    _keeps_names = False

    async def _async_start_kernel(
        self, *, kernel_id: str | None = None, path: str | None = None, **more: Any
    ) -> str:
        self._keep_names()
        if is_kernel_of_course(more.get("kernel_name") or ""):
            # Of a course that was left, or lost its packages: what it is instead shall be said.
            if not self.kernel_spec_manager.has(more["kernel_name"]):
                more["kernel_name"] = NATIVE_KERNEL_NAME
        elif path and more.get("kernel_name") in _DEFAULT:
            course = self.kernel_spec_manager.course_of_path(str(path))
            more["kernel_name"] = kernel_name(course) if course else more.get("kernel_name")
        started: str = await super()._async_start_kernel(kernel_id=kernel_id, path=path, **more)
        return started

    start_kernel = _async_start_kernel

    def _keep_names(self) -> None:
        """See to what is saved, once there is somebody who saves."""
        if not self._keeps_names:
            self.parent.contents_manager.register_pre_save_hook(keep_name)
            self._keeps_names = True


def keep_name(*, model: dict[str, Any], **_: Any) -> None:
    """Write the default Python's name where a notebook would be saved with that of a course."""
    content = model.get("content")
    if model.get("type") != "notebook" or not isinstance(content, dict):
        return
    spec = content.get("metadata", {}).get("kernelspec", {})
    if is_kernel_of_course(str(spec.get("name", ""))):
        content["metadata"]["kernelspec"] = dict(_SAVED)


def _spec(index: str, course: str) -> KernelSpec:
    words = [sys.executable, "-I", "-S", str(Path(course_python.__file__)), index]
    words += [course_key(course), "-Xfrozen_modules=off", "-m", "ipykernel_launcher"]
    return KernelSpec(
        argv=[*words, "-f", "{connection_file}"],
        display_name=display_name(course),
        language="python",
        metadata={"debugger": True},
        resource_dir=RESOURCES,
    )


def _folders(root: str) -> list[str]:
    found: list[str] = []
    try:
        with os.scandir(root) as entries:
            for entry in entries:
                if len(found) >= _MOST_FOLDERS:
                    break
                if not entry.name.startswith(".") and entry.is_dir():
                    found.append(entry.name)
    except OSError:
        return []
    return sorted(found)
