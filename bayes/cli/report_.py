"""`bayes report`: write the pages of a results folder."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from bayes.cli.options import own_models, results_folder, worker_processes


@click.command(name="report")
@results_folder
@click.option("--priors", default=None, metavar="NAME|FILE", help="Update the stored copy of this prior set.")
@worker_processes
@click.option("--force", is_flag=True, help="Rewrite every page, even if nothing has changed.")
@click.option(
    "--bundle", is_flag=True, help="Also write bundle.zip, which holds everything needed to reproduce the results."
)
@click.option("--with-posteriors", is_flag=True, help="Include posterior draws in the bundle.")
@click.option("--quiet", is_flag=True, help="Print problems only.")
@own_models
def command(
    out: Path, priors: str | None, jobs: int, force: bool, bundle: bool, with_posteriors: bool, quiet: bool
) -> None:
    """Write pages for everything in a results folder; nothing is sampled. `bayes reproduce` checks a bundle.

    Exit code 0: every page was written. 1: a page could not be written. 2: not a results folder.
    """
    if with_posteriors and not bundle:
        raise click.UsageError("--with-posteriors requires --bundle")
    from bayes import results
    from bayes.cli.ending import interruptible
    from bayes.cli.progress import Progress

    with Progress(quiet) as progress, interruptible("finished pages are kept"):
        report = results.report(out, prior_set=priors, jobs=jobs, force=force, listener=progress)
    if not quiet:
        click.echo(str(report), err=True)
    if bundle:
        click.echo(f"{results.bundle(out, posteriors=with_posteriors)} written", err=True)
    for name, reason in report.lost.items():
        click.echo(f"no page: {name}: {reason}", err=True)
    sys.exit(1 if report.lost else 0)
