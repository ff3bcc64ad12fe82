"""Alembic's folder: migrations go forward only and run at every start."""
