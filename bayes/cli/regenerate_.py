"""`bayes regenerate`: everything shipped, or what is named, under a prior set."""

from __future__ import annotations

import os
import sys

import click

from bayes.cli.options import prior_set, results_folder, user_seed


@click.command(name="regenerate")
@click.argument("names", nargs=-1, metavar="[TRIAL|SYNTHESIS|FILE|FOLDER]...")
@results_folder
@prior_set
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=lambda: os.cpu_count() or 1,
    help="Worker processes.  [default: cores]",
)
@click.option("--force", is_flag=True, help="Refit what is current, too.")
@user_seed
@click.option("--quiet", is_flag=True, help="Print problems only.")
def command(names, out, priors, jobs, force, seed, quiet) -> None:
    """Fit what is missing or stale and write posteriors, summary and manifest; print what named syntheses rest on.

    Exit code 0: all done and sound. 1: a posterior failed its gate or is missing. 2: invalid input, nothing written.
    """
    from bayes.analysis.analysis import Settings
    from bayes.analysis.plan import make_plan
    from bayes.analysis.targets import find_targets
    from bayes.cli.progress import Progress
    from bayes.cli.table import show_syntheses
    from bayes.priors.sets import load_priors
    from bayes.results import inputs, store
    from bayes.results.regeneration import regenerate

    settings = Settings() if seed is None else Settings(seed=seed)
    targets, chosen = find_targets(names), load_priors(priors)
    plan = make_plan(targets, chosen, settings=settings)
    inputs.keep(targets, chosen, seed, out)
    with Progress(quiet) as progress:
        try:
            run = regenerate(plan, out, jobs, force, progress)
        except KeyboardInterrupt:
            click.echo("interrupted; what was finished is stored, run the same command to go on", err=True)
            sys.exit(130)
    if not quiet:
        skipped = f", {len(plan.skipped)} skipped" if plan.skipped else ""
        refitted = len(run.stale) - len(run.lost)
        click.echo(f"{out}: {len(run.current)} current, {refitted} fitted{skipped}, {len(run.failed)} failed", err=True)
        if names:
            show_syntheses(
                filter(None, (store.record(store.path_of(out, a.key)) for a in plan.analyses if a.joined_by))
            )
    for key, reason in run.lost.items():
        click.echo(f"not fitted: {key}: {reason}", err=True)
    for key in run.failed:
        click.echo(f"failed: {key}", err=True)
    sys.exit(1 if run.failed else 0)
