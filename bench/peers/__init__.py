"""The peers: each module starts one kind of program and knows its version."""
