"""`bayes status`: list what is stored, and whether it is still up to date."""

from __future__ import annotations

from pathlib import Path

import click

from bayes.cli.options import everything, own_models, results_folder, user_seed

SHOWN = 4  # keys of each group
NOT_PLANNED = "stored, but not part of this plan"


@click.command(name="status")
@results_folder
@click.option("--priors", metavar="NAME|FILE", help="Prior set.  [default: the sets the folder was made under]")
@user_seed
@everything
@own_models
def command(out: Path, priors: str | None, seed: int | None, whole: bool) -> None:
    """Compare stored posteriors with the current state of the files that the folder was made from.

    A folder that records no inputs is compared with everything shipped; of a corpus, a sentence says what is there.
    """
    from bayes.cli.terminal import line, more, say
    from bayes.corpus.holdings import holdings
    from bayes.results import status
    from bayes.results.summary_file import SUMMARY

    corpus = holdings(out)
    if corpus is not None:
        line(f"{out}: {corpus}")
        if not (out / SUMMARY).is_file():
            return
    found = status(out, prior_set=priors, seed=seed)
    if whole:
        click.echo(str(found))
        return
    groups: dict[str, list[str]] = {}
    for row in found.tables()["posteriors"]:
        if row["reason"] or not row["current"]:
            groups.setdefault(row["reason"] or NOT_PLANNED, []).append(row["key"])
    for reason, keys in groups.items():
        shown, others = keys[:SHOWN], len(keys) - SHOWN
        say(f"{len(keys)} {reason}: {', '.join(shown)}{f' and {others} more' if others > 0 else ''}", hang="  ")
    if found.stale:
        say("`bayes regenerate` fits what is missing or out of date.")
    more("each of them, and the versions they were made with")
    line(f"{out}: {len(found.planned) - len(found.stale)} of {len(found.planned)} current")
