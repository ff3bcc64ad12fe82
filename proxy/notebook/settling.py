"""The last steps as ourselves, and the first as the server's account: the same for both ways.

Promises: afterwards the process is written down, listens, is confined, and stands in its folder.
What fails raises `OSError`, and nothing has been started then.
"""

import os

from proxy.notebook import process_record
from proxy.notebook.confinement import confine
from proxy.notebook.own_socket import open_listener, take_number
from proxy.notebook.start_request import StartRequest


def settle(request: StartRequest) -> dict[str, str]:
    """Return the environment to go on with; file descriptor 3 must be free."""
    process_record.write(request.record)
    take_number(open_listener(request.socket, request.confinement.gid))
    has_private_tmp = confine(request.confinement)
    os.chdir(request.directory)
    return request.variables(has_private_tmp=has_private_tmp)
