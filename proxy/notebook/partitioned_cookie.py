"""Teaches `http.cookies` the attribute `Partitioned` (CHIPS), which Python knows from 3.14 on.

Tornado writes its cookies with `http.cookies`, and without the attribute a browser drops Jupyter's
XSRF cookie inside a learning platform's frame. The one place that touches those private tables.
"""

from http.cookies import Morsel


def allow_partitioned() -> None:
    """Make `Morsel` accept and write the attribute; does nothing where Python can by itself."""
    Morsel._reserved.setdefault("partitioned", "Partitioned")  # type: ignore[attr-defined] # noqa: SLF001
    Morsel._flags.add("partitioned")  # type: ignore[attr-defined] # noqa: SLF001
