"""`bayes calculator`: write the calculator as one page."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(name="calculator")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("calculator.html"),
    show_default=True,
    metavar="FILE",
    help="Where to write the page.",
)
def command(out: Path) -> None:
    """Write a page on which a reader types what a paper prints and sees the posterior at once.

    The page computes everything itself, by quadrature. It opens from disk, without a network, and can be put on any web
    server as it is.
    """
    from bayes.base.writing import write_text
    from bayes.report.calculator.page import calculator

    write_text(out, calculator())
    click.echo(f"{out} written; open it in a browser", err=True)
