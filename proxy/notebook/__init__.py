"""Loaded inside Jupyter's process: identity and configuration. Imports only `core`."""
