"""What is printed about plans, events and endings: facts in, lines out."""

from collections.abc import Iterator, Sequence

from proxy.deploy.release.addresses import Addresses
from proxy.deploy.release.following import Ending
from proxy.deploy.release.parameters import redact
from proxy.deploy.release.progress import Event, Outcome
from proxy.deploy.release.steps import Goal, Plan, render_step


def describe_plan(plan: Plan) -> Iterator[str]:
    """Yield what would be done, call by call."""
    for number, step in enumerate(plan.steps, start=1):
        lines = list(render_step(step))
        yield f"{number}. {lines[0]}"
        yield from lines[1:]
    if plan.goal is not None:
        yield f"Then {plan.goal.environment} is followed until it runs {plan.goal.label}."
    yield "This was a dry run: nothing was changed."


def describe_event(event: Event, secrets: Sequence[str]) -> str:
    """Return one line: UTC time, severity, message."""
    return redact(f"{event.at:%H:%M:%S}  {event.severity:<6} {event.message}", secrets)


def describe_ending(
    ending: Ending, goal: Goal, addresses: Addresses, reasons: Sequence[str]
) -> Iterator[str]:
    """Yield how it ended and what to do next."""
    name = goal.environment
    yield ""
    if ending.outcome is Outcome.DONE:
        yield f"{name} runs {goal.label} and is healthy."
        yield ""
        yield f"  sign in     {addresses.front}"
        yield f"  notebooks   {addresses.notebooks}"
        yield ""
        yield "Next: sign in with the name in SIFU_ADMIN (default: admin) and its password."
        yield f"`sifu doctor --aws {name}` looks closer."
    elif ending.outcome is Outcome.FAILED:
        yield f"The deployment of {goal.label} to {name} failed."
        yield from reasons
        yield ""
        yield f"{_what_holds(ending, goal)} Put the cause right and run it again, or go back:"
        yield f"  sifu deploy {name} --rollback"
    elif ending.outcome is Outcome.SETTLING:
        yield f"{name} runs {goal.label}, but its health is {ending.state.health or 'unknown'}."
        yield from reasons
        yield ""
        yield f"It may need some minutes more: `sifu doctor --aws {name}` looks again. Or go back:"
        yield f"  sifu deploy {name} --rollback"
    else:
        yield f"Time is up, and {name} is still {ending.state.status.lower() or 'changing'}."
        yield "Run the command again to follow on, or give it longer with --timeout SECONDS."


def _what_holds(ending: Ending, goal: Goal) -> str:
    if ending.state.label and ending.state.label != goal.label:
        return f"{goal.environment} has {ending.state.label} still."
    if ending.state.status in ("Terminating", "Terminated", ""):
        return f"{goal.environment} is not there any more."
    return f"{goal.environment} is left as it is."
