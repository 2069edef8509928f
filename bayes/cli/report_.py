"""`bayes report`: the pages of a results folder."""

from __future__ import annotations

import os
import sys

import click

from bayes.cli.options import results_folder


@click.command(name="report")
@results_folder
@click.option("--priors", default=None, metavar="NAME|FILE", help="Copy this set anew: its reasons have changed.")
@click.option(
    "--jobs", type=click.IntRange(min=1), default=lambda: os.cpu_count() or 1, help="Worker processes [default: cores]."
)
@click.option("--force", is_flag=True, help="Write every page anew, also where nothing has changed.")
@click.option("--bundle", is_flag=True, help="Then pack all that computes the numbers again elsewhere: bundle.zip.")
@click.option("--with-posteriors", is_flag=True, help="The draws into the bundle, too.")
@click.option("--quiet", is_flag=True, help="Print problems only.")
def command(out, priors, jobs, force, bundle, with_posteriors, quiet) -> None:
    """Write pages for all that a results folder holds; nothing is sampled. `bayes reproduce` checks a bundle.

    Exit code 0: every page is there. 1: a page could not be made. 2: no results folder.
    """
    if with_posteriors and not bundle:
        raise click.UsageError("--with-posteriors is about a bundle: add --bundle")
    from bayes.cli.progress import Progress
    from bayes.priors.sets import load_priors
    from bayes.report import write

    with Progress(quiet) as progress:
        try:
            report = write(out, None if priors is None else load_priors(priors), jobs, force, progress)
        except KeyboardInterrupt:
            click.echo("interrupted; pages that were finished stay, run the same command to go on", err=True)
            sys.exit(130)
    if not quiet:
        click.echo(f"{report.index}: open it in a browser", err=True)
        for item in report.unmet:
            click.echo(f"checklist: {item['id']} fails: {item['text']}", err=True)
    if bundle:
        from bayes.results.bundles import bundle as pack

        click.echo(f"{pack(out, posteriors=with_posteriors)} written", err=True)
    for name, reason in report.lost.items():
        click.echo(f"no page: {name}: {reason}", err=True)
    sys.exit(1 if report.lost else 0)
