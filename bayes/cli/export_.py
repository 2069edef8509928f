"""`bayes export`: write the summary of a results folder as one file for another program."""

from __future__ import annotations

from pathlib import Path

import click

from bayes.cli.options import results_folder


@click.command(name="export")
@click.argument("path", type=click.Path(path_type=Path))
@results_folder
def command(path: Path, out: Path) -> None:
    """Write the summary of a results folder to PATH, as .csv, .json, .parquet, .tex or .html by its suffix."""
    from bayes.results import export

    click.echo(f"{export(out, path)} written", err=True)
