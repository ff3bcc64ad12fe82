"""Loaded inside Jupyter's process: identity, configuration, extension. Imports only `core`."""
