"""What starts, watches and stops Jupyter servers; the spawners and their lifecycle."""
