"""`bayes compare`: one outcome under every likelihood that can read it."""

from __future__ import annotations

from functools import partial

import click

from bayes.base.numbers import significant
from bayes.cli.options import prior_set, user_seed


@click.command(name="compare")
@click.argument("name", metavar="TRIAL:OUTCOME|FILE")
@click.option("--prior", default="neutral", metavar="NAME|EXPR", help="The prior of the effect (default: neutral).")
@click.option("--likelihood", "likelihoods", multiple=True, metavar="NAME", help="Only this one. Repeatable.")
@prior_set
@user_seed
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array of rows.")
def command(name, prior, likelihoods, priors, seed, as_json) -> None:
    """Fit an outcome under every likelihood that can read it: exact evidence, DIC and LOO where they mean something."""
    from bayes.analysis.targets import find_targets
    from bayes.paper.trial import Outcome

    outcomes = [target for target in find_targets([name]) if isinstance(target, Outcome) and not target.rows]
    if not outcomes:
        raise click.UsageError(f"{name} has no single reported outcome to compare likelihoods on")
    import pandas as pd

    from bayes.fitting.comparison import compare

    frames = [
        compare(o, prior, likelihoods=likelihoods or None, priors=priors, seed=seed)
        .assign(outcome=o.name)
        .reset_index()
        for o in outcomes
    ]
    frame = pd.concat(frames).set_index(["outcome", "likelihood"])
    if as_json:
        click.echo(frame.reset_index().to_json(orient="records", indent=1))
    else:
        click.echo(frame.T.to_string(float_format=partial(significant, digits=4), na_rep=""))
