"""`bayes status`: list what is stored, and whether it is still up to date."""

from __future__ import annotations

from pathlib import Path

import click

from bayes.cli.options import own_models, results_folder, user_seed


@click.command(name="status")
@results_folder
@click.option("--priors", metavar="NAME|FILE", help="Prior set.  [default: the sets the folder was made under]")
@user_seed
@own_models
def command(out: Path, priors: str | None, seed: int | None) -> None:
    """Compare stored posteriors with the current state of the files that the folder was made from.

    A folder that records no inputs is compared with everything shipped.
    """
    from bayes.results import status

    click.echo(str(status(out, prior_set=priors, seed=seed)))
