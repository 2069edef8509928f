"""`bayes operating`: operating characteristics of a decision rule, if the trial were repeated."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from bayes.cli.options import FOLDER, everything, json_rows, own_models, prior_set
from bayes.cli.typed import own_report, typed_outcome


@click.command(name="operating")
@click.argument("name", required=False, metavar="TRIAL:OUTCOME|FILE")
@click.option(
    "--rule",
    default="p_benefit > 0.95",
    show_default=True,
    help="Success: p_benefit, p_mcid, p_harm or p_rope, > or <, a number; several joined by 'and'.",
)
@click.option(
    "--prior",
    "chosen",
    multiple=True,
    metavar="NAME|EXPR",
    help="Analysis prior (default: all of the set). Repeatable.",
)
@prior_set
@click.option(
    "--design",
    multiple=True,
    metavar="NAME|EXPR",
    help="Design prior, from which the truth is drawn (default: sceptical, enthusiastic); the analysis prior itself "
    "is always one. Repeatable.",
)
@click.option(
    "--effect", "effects", multiple=True, type=float, help="A true effect, on the measure's own scale. Repeatable."
)
@click.option(
    "--baseline",
    default="observed",
    show_default=True,
    metavar="observed|averaged|X",
    help="For counts, the control arm: as observed, averaged over its prior, or a risk or rate.",
)
@click.option("--likelihood", metavar="NAME", help="Likelihood to use in place of the default, such as events_poisson.")
@click.option("--simulations", type=click.IntRange(min=2), default=1000, show_default=True, help="Simulated reports.")
@click.option("--seed", type=int, default=None, help="Seed of simulated reports.")
@click.option("--out", "--results", "out", type=FOLDER, help="Add the rows to operating.csv in this results folder.")
@json_rows
@everything
@own_report
@own_models
def command(
    name: str | None,
    rule: str,
    chosen: tuple[str, ...],
    priors: str,
    design: tuple[str, ...],
    effects: tuple[float, ...],
    baseline: str,
    likelihood: str | None,
    simulations: int,
    seed: int | None,
    out: Path | None,
    as_json: bool,
    whole: bool,
    **own: Any,
) -> None:
    """Give type I error, power and Bayesian averages of a decision rule, if a trial of this size were repeated.

    bayes operating mesems:gel_24w --rule "p_benefit > 0.975"

    A report of your own is typed as for `bayes fit`.
    """
    from bayes.calibration.operating import operating

    target = typed_outcome(own, () if name is None else (name,)) or name
    if target is None:  # without names and options, typed_outcome has raised
        raise click.UsageError("nothing to study")
    found = operating(
        target,
        rule,
        prior=chosen or None,
        prior_set=priors,
        design=design or None,
        effects=effects or None,
        baseline=baseline,
        likelihood=likelihood,
        simulations=simulations,
        seed=seed,
    )
    if out is not None:
        from bayes.calibration.operating.store import write

        path = write(found.rows, out)
        click.echo(f"Added {len(found.rows)} rows to {path}.", err=True)
    if as_json:
        click.echo(json.dumps(found.rows, indent=1, ensure_ascii=False, allow_nan=False))
        return
    from bayes.calibration.operating.layout import laid_out
    from bayes.cli.terminal import more, say, show_tables

    say(f"{found.outcome.name} · {found.outcome.label}\n{found.text}\n")
    show_tables(laid_out(found.rows, whole))
    if not whole:
        more("every true effect, with bias, mean squared error and coverage")
