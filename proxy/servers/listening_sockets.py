"""A supervisord plugin that keeps the programs' listening sockets open.

supervisord counts who uses a FastCGI program's socket and closes it when the last process has been
reaped; a connection that arrives before the next process starts is refused. Holding one more
reference for each keeps the count above zero until supervisord stops, and what arrives in between
waits in the backlog. Runs inside supervisord: must not fail, wait, or import anything big.
"""

from typing import Any

from supervisor import events


class HeldSockets:
    """A namespace without methods: there is nothing to call, it only holds."""

    def __init__(self, references: list[Any]) -> None:
        self._references = references


def hold(supervisord: Any) -> HeldSockets:
    """supervisord calls this once its groups exist and before it starts their processes."""
    groups = supervisord.process_groups.values()
    managers = [group.socket_manager for group in groups if hasattr(group, "socket_manager")]
    references = [manager.get_socket() for manager in managers]
    # The last reference to go closes the socket and logs it. It must go while there is a log, not
    # when the interpreter ends; nothing is started again from here on.
    events.subscribe(events.SupervisorStoppingEvent, lambda _stopping: references.clear())
    return HeldSockets(references)
