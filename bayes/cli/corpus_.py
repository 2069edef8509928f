"""`bayes corpus`: ask about a whole corpus."""

from __future__ import annotations

import json
from pathlib import Path

import click

from bayes.cli.options import results_folder


@click.group(name="corpus")
def command() -> None:
    """Ask about a corpus in a results folder, which `bayes regenerate CORPUS` has finished."""


@command.command(name="summary")
@results_folder
@click.option("--reference", metavar="PRIOR", help="Compare with this prior.  [default: vague, or else the first]")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object of tables.")
def summary(out: Path, reference: str | None, as_json: bool) -> None:
    """Count how often conclusions change with the prior, and by how much effects shrink.

    A conclusion is benefit where P(benefit) is at least 0.975, harm where P(harm) is, and else open. `--json` also has
    P(benefit) in 40 intervals, every pair of conclusions, and the shares of every group under every prior.
    """
    from bayes.corpus.summary.summarising import summarise

    found = summarise(out, reference=reference)
    if as_json:
        click.echo(json.dumps(found.to_dict(), indent=1, ensure_ascii=False, allow_nan=False))
        return
    from bayes.cli.terminal import say, show_table
    from bayes.corpus.summary.layout import CAUTIONS, lay_out

    say(f"{out}: {found.holdings}\n")
    for title, headings, cells in lay_out(found):
        show_table(title, headings, cells, names=1 + ("heterogeneity" in headings))
    for caution in CAUTIONS:
        say(caution, hang="  ")
