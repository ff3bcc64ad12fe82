"""The steps before a server, in a child: recorded, listening, in its folder."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from proxy.notebook.confinement import Confinement
from proxy.notebook.start_request import as_text
from tests.notebook.test_start_request import REQUEST

CODE = """
import os, socket, sys
from proxy.notebook.settling import settle
from proxy.notebook.start_request import from_text
variables = settle(from_text(open(sys.argv[1]).read()))
print(os.getcwd(), socket.socket(fileno=3).getsockname(), variables["PATH"])
"""


def test_it_stands_where_it_should(short_path: Path) -> None:
    request = replace(
        REQUEST,
        socket=str(short_path / "sock"),
        record=str(short_path / "record"),
        directory=str(short_path),
        confinement=Confinement(),
    )
    path = short_path / "request"
    path.write_text(as_text(request))
    done = subprocess.run(
        [sys.executable, "-c", CODE, path], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == [str(short_path), str(short_path / "sock"), "/usr/bin"]
    assert (short_path / "record").exists()
