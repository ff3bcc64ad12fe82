"""How fast Sifu's relay is, beside its rivals, on this machine: `make bench`."""
