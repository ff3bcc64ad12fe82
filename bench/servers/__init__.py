"""Measures what it costs to give everybody a Jupyter server, beside JupyterHub."""
