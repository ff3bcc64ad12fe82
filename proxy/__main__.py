"""`python -m proxy` is the `sifu` command."""

from proxy.cli import main

main()
