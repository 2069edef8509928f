"""`bayes compare`: fit one outcome under every likelihood that supports its evidence."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING

import click

from bayes.base.numbers import significant
from bayes.cli.options import json_rows, own_models, prior_set, user_seed

if TYPE_CHECKING:
    from bayes.paper.trial import Outcome


@click.command(name="compare")
@click.argument("name", metavar="TRIAL:OUTCOME|FILE")
@click.option("--prior", default="neutral", metavar="NAME|EXPR", help="Prior of the effect (default: neutral).")
@click.option("--likelihood", "likelihoods", multiple=True, metavar="NAME", help="Only this likelihood. Repeatable.")
@prior_set
@user_seed
@json_rows
@own_models
def command(name: str, prior: str, likelihoods: tuple[str, ...], priors: str, seed: int | None, as_json: bool) -> None:
    """Compare every likelihood that supports an outcome: exact evidence and, where meaningful, DIC and LOO."""
    import pandas as pd

    from bayes.fitting.comparison import compare

    wanted = likelihoods or None
    frames = {o.name: compare(o, prior, likelihoods=wanted, prior_set=priors, seed=seed) for o in _outcomes(name)}
    frame = pd.concat(frames, names=["outcome"])
    if as_json:
        click.echo(frame.reset_index().to_json(orient="records", indent=1))
    else:
        from bayes.cli.terminal import say, show_table

        say(f"Under the prior {prior}; bayes.compare explains each criterion.\n")
        shown = frame.reset_index().astype(object).T
        names, *lines = [[_text(value) for value in line] for line in shown.to_numpy()[1:]]
        quantities = [str(name).replace("_", " ") for name in shown.index[2:]]
        for name in frames:
            those = [i for i, outcome in enumerate(shown.iloc[0]) if outcome == name]
            cells = [[what, *(line[i] for i in those)] for what, line in zip(quantities, lines, strict=True)]
            show_table(name, ["", *(names[i].replace("_", " ") for i in those)], cells)


def _text(value: object) -> str:
    """Return a cell: a number to four digits; a missing one is empty."""
    if isinstance(value, float):
        return "" if isnan(value) else significant(value, digits=4)
    return str(value)


def _outcomes(name: str) -> list[Outcome]:
    """Return the reported outcomes with a single effect that a name refers to."""
    from bayes.analysis.targets import find_targets
    from bayes.paper.trial import Outcome

    found = [target for target in find_targets([name]) if isinstance(target, Outcome) and not target.rows]
    if not found:
        raise click.UsageError(f"{name} has no reported outcome with a single effect, which a comparison requires")
    return found
