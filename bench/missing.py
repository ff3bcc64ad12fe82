"""Why a figure is not there: said in the report, never guessed."""


class Missing(Exception):
    """A program cannot be had, or does not start on this machine."""


class Failed(Exception):
    """A run had errors, so its figures count for nothing."""


class Disturbed(Failed):
    """The load itself fell short, as on a busy machine: worth another try."""
