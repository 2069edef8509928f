"""`bayes fit`: rows of one trial, outcome or synthesis, printed; nothing is stored."""

from __future__ import annotations

import csv
import json
import sys

import click

from bayes.cli.options import prior_set, user_seed


@click.command(name="fit")
@click.argument("names", nargs=-1, required=True, metavar="TRIAL[:OUTCOME]|SYNTHESIS|FILE...")
@click.option(
    "--prior", "chosen", multiple=True, metavar="NAME|EXPR", help="A prior by name, or as normal(0, 0.355). Repeatable."
)
@prior_set
@click.option(
    "--threshold",
    multiple=True,
    type=float,
    help="P(effect at least this good), on the measure's own scale. Repeatable.",
)
@click.option("--likelihood", metavar="NAME", help="Another likelihood than the default one, such as events_poisson.")
@click.option("--omega", type=click.FloatRange(0, 1), help="For an outcome that states a selection: this omega alone.")
@click.option("--heterogeneity", metavar="NAME|EXPR", help="For a synthesis: another prior of tau than its own.")
@click.option("--model", metavar="NAME", help="For a synthesis: common_effect, robust_random_effects, meta_regression.")
@user_seed
@click.option("--json", "form", flag_value="json", help="Print one JSON array of rows.")
@click.option("--csv", "form", flag_value="csv", help="Print CSV.")
def command(names, chosen, priors, threshold, likelihood, omega, heterogeneity, model, seed, form) -> None:
    """Fit and print; all priors of the set unless some are named. Several names share one table."""
    from bayes.analysis.analysis import Settings
    from bayes.analysis.plan import make_plan
    from bayes.analysis.targets import find_targets
    from bayes.posterior.not_sampled import skipped_row
    from bayes.posterior.row import COLUMNS
    from bayes.priors.sets import load_priors

    settings = Settings() if seed is None else Settings(seed=seed)
    targets = find_targets(names)
    plan = make_plan(
        targets,
        load_priors(priors),
        list(chosen) or None,
        settings,
        heterogeneity,
        threshold,
        likelihood,
        omega,
        model,
    )
    from bayes.fitting.until_sound import sample_posterior
    from bayes.posterior import record

    trees = [sample_posterior(analysis) for analysis in plan.analyses]
    rows = [row for tree in trees for row in record.read(tree)["rows"]] + [skipped_row(s) for s in plan.skipped]
    if form == "json":
        click.echo(json.dumps(rows, indent=1, ensure_ascii=False, allow_nan=False))
    elif form == "csv":
        writer = csv.DictWriter(sys.stdout, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    else:
        from bayes.cli.table import oddities, show, show_syntheses

        show(rows, together=len(names) > 1)
        if len(names) == 1:
            show_syntheses(record.read(tree) for tree in trees)
        for line in oddities(targets) if len(names) > 1 else ():
            click.echo(line)
    sys.exit(1 if any(row["status"] == "failed" for row in rows) else 0)
