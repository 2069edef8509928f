"""A report typed on the command line: what a paper prints of one outcome, without a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from bayes.paper.trial import Outcome

OPTIONS = (  # digits are kept as they are typed, because the rounding is inferred from them
    click.option("--measure", metavar="NAME", help="Your own report: its measure, such as hazard_ratio."),
    click.option("--benefit", type=click.Choice(["higher", "lower"]), help="Your own report: what is good."),
    click.option("--estimate", metavar="X", help="Your own report: the effect, on the measure's own scale."),
    click.option("--ci", nargs=2, metavar="LOW HIGH", help="Your own report: the 95% interval of the effect."),
    click.option("--se", metavar="X", help="Your own report: the standard error, of the logarithm of a ratio."),
    click.option("--p", metavar="P", help="Your own report: the two-sided p-value."),
    click.option(
        "--treatment", nargs=2, type=int, metavar="X N", help="Your own report: events and patients who were treated."
    ),
    click.option(
        "--control", nargs=2, type=int, metavar="X N", help="Your own report: events and patients of the control arm."
    ),
    click.option("--mcid", metavar="X", help="Your own report: the smallest effect that matters."),
)


def own_report[**P, R](command: Callable[P, R]) -> Callable[P, R]:
    """Add the options of a typed report to a command."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def typed_outcome(said: Mapping[str, Any], names: tuple[str, ...]) -> Outcome | None:
    """Return the outcome that was typed; None if names were given instead.

    Parameters
    ----------
    said : mapping
        The options, by name; None where one was not given.
    names : tuple of str
        Trials, outcomes, syntheses or files.

    Raises
    ------
    UsageError
        If there are both or neither, or the measure or the direction of benefit is missing.
    """
    given = {name: value for name, value in said.items() if value is not None and value != ()}
    if names and given:
        raise click.UsageError(f"found {names[0]} and --{next(iter(given))}; accepted: names, or a report of your own")
    if names:
        return None
    if not given:
        raise click.UsageError(
            "nothing to fit; accepted: a name such as mesems:gel_24w, a file, or a report of your own, such as\n"
            "  bayes fit --measure hazard_ratio --estimate 0.75 --ci 0.55 1.02 --benefit lower"
        )
    if missing := [f"--{name}" for name in ("measure", "benefit") if name not in given]:
        raise click.UsageError(f"a report of your own needs {' and '.join(missing)}")
    from bayes.paper.in_memory import outcome

    return outcome(**given, trial="typed", name="report", label="a report typed on the command line")
