"""The one error of this package: a sentence that says what to do, instead of a traceback."""


class Refusal(Exception):
    """Told to the person as it stands, on standard error, with exit status 1."""
