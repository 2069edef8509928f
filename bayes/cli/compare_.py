"""`bayes compare`: one outcome under every likelihood that can read it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import click

from bayes.base.numbers import significant
from bayes.cli.options import json_rows, prior_set, user_seed

if TYPE_CHECKING:
    from bayes.paper.trial import Outcome


@click.command(name="compare")
@click.argument("name", metavar="TRIAL:OUTCOME|FILE")
@click.option("--prior", default="neutral", metavar="NAME|EXPR", help="The prior of the effect (default: neutral).")
@click.option("--likelihood", "likelihoods", multiple=True, metavar="NAME", help="Only this one. Repeatable.")
@prior_set
@user_seed
@json_rows
def command(name, prior, likelihoods, priors, seed, as_json) -> None:
    """Fit an outcome under every likelihood that can read it: exact evidence, DIC and LOO where they mean something."""
    import pandas as pd

    from bayes.fitting.comparison import compare

    wanted = likelihoods or None
    frames = {o.name: compare(o, prior, likelihoods=wanted, prior_set=priors, seed=seed) for o in _outcomes(name)}
    frame = pd.concat(frames, names=["outcome"])
    if as_json:
        click.echo(frame.reset_index().to_json(orient="records", indent=1))
    else:
        click.echo(frame.T.to_string(float_format=partial(significant, digits=4), na_rep=""))


def _outcomes(name: str) -> list[Outcome]:
    """The single reported outcomes that a name means."""
    from bayes.analysis.targets import find_targets
    from bayes.paper.trial import Outcome

    found = [target for target in find_targets([name]) if isinstance(target, Outcome) and not target.rows]
    if not found:
        raise click.UsageError(f"{name} has no single reported outcome to compare likelihoods on")
    return found
