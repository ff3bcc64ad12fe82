"""What must not be taken away: the last administrator, and one's own account by mistake."""

from collections.abc import Sequence

from proxy.core.identity import User


def problem_of_losing(everybody: Sequence[User], person: User) -> str | None:
    """Say why this person cannot stop being an administrator who may sign in; None if they can."""
    if not person.is_admin or person.is_disabled:
        return None
    if any(each.is_admin and not each.is_disabled for each in everybody if each.id != person.id):
        return None
    return f"“{person.name}” is the last administrator. Make somebody else one first."
