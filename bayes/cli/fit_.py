"""`bayes fit`: fit trials, outcomes or syntheses and print their rows; nothing is stored."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from bayes.cli.options import everything, own_models, prior_set, user_seed
from bayes.cli.typed import own_report, typed_outcome

if TYPE_CHECKING:
    from bayes.fitting.fitted import Fits
    from bayes.paper.trial import Outcome
    from bayes.synthesis.file import Synthesis


@click.command(name="fit")
@click.argument("names", nargs=-1, metavar="TRIAL[:OUTCOME]|SYNTHESIS|FILE...")
@click.option(
    "--prior",
    "chosen",
    multiple=True,
    metavar="NAME|EXPR",
    help="A prior by name, or an expression: normal(0, 0.355), or interval(0.5, 2) for its central 95%. Repeatable.",
)
@prior_set
@click.option(
    "--threshold",
    multiple=True,
    type=float,
    help="Also report P(effect at least this good); on the measure's own scale. Repeatable.",
)
@click.option("--likelihood", metavar="NAME", help="Likelihood to use in place of the default, such as events_poisson.")
@click.option("--omega", type=click.FloatRange(0, 1), help="For an outcome with stated selection: use only this omega.")
@click.option("--heterogeneity", metavar="NAME|EXPR", help="For a synthesis: prior of tau to use in place of its own.")
@click.option("--model", metavar="NAME", help="For a synthesis: common_effect, robust_random_effects, meta_regression.")
@user_seed
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array of rows.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV.")
@everything
@own_report
@own_models
def command(
    names: tuple[str, ...],
    chosen: tuple[str, ...],
    priors: str,
    threshold: tuple[float, ...],
    likelihood: str | None,
    omega: float | None,
    heterogeneity: str | None,
    model: str | None,
    seed: int | None,
    as_json: bool,
    as_csv: bool,
    whole: bool,
    **own: Any,
) -> None:
    """Fit and print the rows, under every prior of the set unless some are named. Several names share one table.

    Without a name, fit a report of your own, typed as a paper prints it:

    bayes fit --measure hazard_ratio --estimate 0.75 --ci 0.55 1.02 --benefit lower
    """
    from bayes.analysis.analysis import Settings
    from bayes.analysis.plan import make_plan
    from bayes.analysis.targets import find_targets
    from bayes.cli.first_answer import meanwhile
    from bayes.priors.sets import load_priors

    if as_json and as_csv:
        raise click.UsageError("--json and --csv: accepted: one of them")
    typed, settings = typed_outcome(own, names), Settings.seeded(seed=seed)
    targets = find_targets(names) if typed is None else [typed]
    asked = list(chosen) or None
    plan = make_plan(targets, load_priors(priors), asked, settings, heterogeneity, threshold, likelihood, omega, model)
    with meanwhile(() if as_json or as_csv else plan.analyses):
        from bayes.fitting.fitted import Fits  # with pandas and xarray, for which the first number does not wait
        from bayes.fitting.verbs import fitted

        fits = Fits(tuple(fitted(analysis) for analysis in plan.analyses), plan.skipped)
    if as_json:
        click.echo(json.dumps(fits.rows, indent=1, ensure_ascii=False, allow_nan=False))
    elif as_csv:
        _as_csv(fits)
    else:
        _as_tables(fits, targets, len(names) > 1, threshold, whole)
    sys.exit(1 if any(row["status"] == "failed" for row in fits.rows) else 0)


def _as_csv(fits: Fits) -> None:
    from bayes.base.csv_text import as_csv
    from bayes.posterior.row import COLUMNS

    click.echo(as_csv(fits.rows, list(COLUMNS)), nl=False)


def _as_tables(
    fits: Fits, targets: Sequence[Outcome | Synthesis], together: bool, asked: Sequence[float], whole: bool
) -> None:
    """Print what a synthesis says in words and a table per target, or one table for several; then inconsistencies."""
    from bayes.cli.table import in_tables, in_words, oddities, show
    from bayes.cli.terminal import more, say, show_tables
    from bayes.posterior.rows import thresholds_of

    beyond = [row for fit in fits.fits for row in thresholds_of(fit.record, for_a_reader=True)]
    fitted = [(fit.analysis, fit.record) for fit in fits.fits] if not together else []
    for paragraph in in_words(fitted):
        say(paragraph + "\n")
    show(fits.rows, together, beyond, asked, whole)
    if whole:
        show_tables(in_tables(fitted))
    elif any(fit.record.explanation for fit in fits.fits):
        more("every parameter under every prior, and the tables behind these words")
    for line in oddities(targets):
        say(line, hang="  ")
