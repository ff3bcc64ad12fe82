"""SQL: statements built with SQLAlchemy Core, one function a question, answers as dataclasses.

Every function takes an open `Connection` and is synchronous, so that the command line uses it as
it is; the programs call it through `Store.read` and `Store.write`, which run it in a thread.
What a relay asks is in `facts`, as text, so that its processes need no SQLAlchemy.
Times are UTC seconds since the epoch. SQLite by default, in WAL mode.
"""
