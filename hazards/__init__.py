"""Long checks that anyone can run: hostile bytes, a million requests, gigabytes, conformance.

Each module that has a `main` is a program: `python -m hazards.fuzz_responses --help`. A program
prints what it measured and ends with 0 only if everything that it promises to check held.
"""
