"""`bayes calibrate`: hold what early trials predicted against what later ones found."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from bayes.cli.options import everything, prior_set, results_folder, worker_processes


@click.command(name="calibrate")
@click.argument("pairs", type=click.Path(path_type=Path))
@prior_set
@results_folder
@click.option(
    "--reference",
    metavar="PRIOR[,HETEROGENEITY]",
    help="Compare with this pair of priors.  [default: the first prior of the set, without heterogeneity]",
)
@click.option(
    "--samples",
    type=click.IntRange(min=1),
    default=1000,
    show_default=True,
    help="Bootstrap samples of groups, for the intervals.",
)
@worker_processes
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object of tables.")
@everything
def command(
    pairs: Path, priors: str, out: Path, reference: str | None, samples: int, jobs: int, as_json: bool, whole: bool
) -> None:
    """Predict later trials from early ones, and score the predictions under every prior of a set.

    PAIRS is a CSV or Parquet file, a row per pair: `group`, `y_later`, `se_later`, and of the early trial `y`, `se` or
    `events_t`, `n_t`, `events_c`, `n_c`; on the analysis scale. Optional: `measure`, `benefit`, `mcid`, `sd_ref`,
    `year`, `field`, `outcome_class`, `comparison`. Predictions are made without heterogeneity and with every prior of
    it, and written as calibration.csv, further tables and calibration.json, from which `bayes report` makes a page.

    Exit code 0: the files were written. 2: the table, the set or the reference cannot be read.
    """
    from bayes.calibration import calibrate, write
    from bayes.cli.ending import interruptible

    follower = _follow if sys.stderr.isatty() else None
    with interruptible("nothing is written"):
        found = calibrate(pairs, priors, reference=reference, samples=samples, jobs=jobs, follower=follower)
    files = write(found, out)
    if as_json:
        click.echo(json.dumps(found.to_dict(), indent=1, ensure_ascii=False, allow_nan=False))
        return
    from bayes.calibration import layout, wording
    from bayes.cli.terminal import more, say, show_table

    answer, *lessons = wording.lessons(found)
    say(f"{wording.lead(found)} {answer}\n")
    for title, headings, cells in [*layout.brief(found), *(layout.whole(found) if whole else ())]:
        names = headings.index("heterogeneity") + 1 if "heterogeneity" in headings else 1
        show_table(title, headings, cells, names=names)
    for text in (*lessons, *wording.cautions(found)):
        say(text, hang="  ")
    if not whole:
        say()
        more("the scores with intervals, other events, and the scores by measure, field, period and information")
    say(f"\n{len(files)} files written to {out}: {', '.join(path.name for path in files)}", hang="  ")


def _follow(done: int, of: int) -> None:
    """Count the pairs on a terminal, in one line that is blank in the end."""
    said = f"{done:,} of {of:,} pairs" if done < of else ""
    click.echo(f"\r{said:<40}", nl=done == of, err=True)
