"""Port 3335: who are you, may you, which server, move the bytes. Nothing else."""
