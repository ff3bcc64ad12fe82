"""A notebook server that starts in no time: for tests that start and kill very many of them.

Stands in for the Python that runs servers, and for `proxy.notebook.enter`; every so often it does
not come up, as servers do.
"""

import sys
from pathlib import Path

SCRIPT = """#!{python} -SE
import json, os, random, socket, sys, time

request = json.load(open(sys.argv[-1]))
with open("/proc/self/stat", "rb") as file:
    began = file.read().rpartition(b")")[2].split()[19].decode()
fresh = request["record"] + ".new"
with open(fresh, "w") as file:
    file.write(str(os.getpid()) + " " + began + "\\n")
os.replace(fresh, request["record"])
time.sleep(random.uniform(0, {seconds}))
if random.random() < {failing}:
    sys.exit(3)
try:
    os.unlink(request["socket"])
except FileNotFoundError:
    pass
listener = socket.socket(socket.AF_UNIX)
listener.bind(request["socket"])
listener.listen(16)
while True:
    asking, _ = listener.accept()
    question = asking.recv(65536)
    asking.sendall(
        b"HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\nConnection: close\\r\\n\\r\\n{{}}"
    )
    asking.close()
    if b"/api/shutdown" in question:
        sys.exit(0)
"""


def write_python(folder: Path, *, seconds: float = 0.2, failing: float = 0.0) -> Path:
    """Write it; `seconds` it takes to load at most, `failing` of them (0 to 1) do not come up."""
    path = folder / "quick-python"
    path.write_text(SCRIPT.format(python=sys.executable, seconds=seconds, failing=failing))
    path.chmod(0o755)
    return path
