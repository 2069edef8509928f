"""`bayes export`: write the summary of a results folder as one file for another program."""

from __future__ import annotations

from pathlib import Path

import click

from bayes.cli.options import results_folder


@click.command(name="export")
@click.argument("path", type=click.Path(path_type=Path))
@results_folder
@click.option(
    "--only", multiple=True, metavar="NAME", help="A trial, an outcome (trial:outcome) or a synthesis. Repeatable."
)
def command(path: Path, out: Path, only: tuple[str, ...]) -> None:
    """Write the summary of a results folder to PATH: .csv, .json, .parquet, .xlsx, .docx, .tex or .html by its suffix.

    For R, Stata and other programs use .csv or .parquet, which hold every column; `bayes list columns` explains them.
    """
    from bayes.results import export

    click.echo(f"{export(out, path, only)} written", err=True)
