"""`bayes regenerate`: fit everything shipped, or what is named, under a prior set."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from bayes.cli.options import dask_scheduler, own_models, prior_set, results_anywhere, user_seed, worker_processes

if TYPE_CHECKING:
    from pathlib import Path

    from bayes.results import Run


@click.command(name="regenerate")
@click.argument("names", nargs=-1, metavar="[TRIAL|SYNTHESIS|FILE|FOLDER|CORPUS]...")
@results_anywhere
@prior_set
@worker_processes
@dask_scheduler
@click.option("--force", is_flag=True, help="Refit posteriors that are already up to date.")
@user_seed
@click.option("--quiet", is_flag=True, help="Print problems only.")
@click.option("--shard", metavar="i/n", help="Of a corpus: compute every n-th block; `bayes merge` joins the shards.")
@click.option(
    "--audit",
    type=click.IntRange(min=0),
    default=200,
    show_default=True,
    metavar="N",
    help="Of a corpus: posteriors sampled by NUTS to vouch for the quadrature; 0 for none.",
)
@own_models
def command(
    names: tuple[str, ...],
    out: Path | str,
    priors: str,
    jobs: int,
    scheduler: str | None,
    force: bool,
    seed: int | None,
    quiet: bool,
    shard: str | None,
    audit: int,
) -> None:
    """Fit what is missing or stale; write posteriors, summary and manifest; print what named syntheses rest on.

    A corpus is a CSV or Parquet file, or a folder of them: a row per result, or per study of many meta-analyses. Its
    posteriors are found by quadrature and written as Parquet; a sample of them is audited by NUTS.

    Exit code 0: every posterior is sound. 1: a posterior is missing or failed its checks. 2: invalid input, nothing
    written.
    """
    from bayes.corpus.files import corpus_files

    if corpus_files(names):
        from bayes.cli.corpus_run import run_corpus

        run_corpus(names, out, priors, jobs, scheduler, force, seed, quiet, shard, audit)
        return
    if shard is not None:
        raise click.UsageError("--shard divides a corpus; name a CSV or Parquet file, or a folder of them")
    if isinstance(out, str):
        raise click.UsageError(f"--out {out}: only a corpus is written there; accepted here: a folder on this machine")
    from bayes.cli.ending import interruptible
    from bayes.cli.progress import Progress
    from bayes.cli.workers import workers_at
    from bayes.results import regenerate

    with (
        workers_at(scheduler, quiet) as cluster,
        Progress(quiet) as progress,
        interruptible("finished posteriors are stored"),
    ):
        run = regenerate(
            out, names, prior_set=priors, seed=seed, jobs=jobs, force=force, listener=progress, scheduler=cluster
        )
    for old, new in run.damaged.items():
        click.echo(f"damaged: {old}: set aside as {new.name}", err=True)
    if not quiet:
        click.echo(f"{out}: {run}", err=True)
        _show_syntheses(out, run, names)
    for key, reason in run.lost.items():
        click.echo(f"not fitted: {key}: {reason}", err=True)
    for key in run.failed:
        click.echo(f"failed: {key}", err=True)
    sys.exit(1 if run.failed else 0)


def _show_syntheses(out: Path, run: Run, names: tuple[str, ...]) -> None:
    """Print what each named synthesis rests on."""
    from bayes.cli.table import in_words
    from bayes.cli.terminal import say
    from bayes.results import store
    from bayes.results.summarising import SYNTHESES

    asked = [one for one in run.plan.analyses if one.joined_by and one.key not in run.lost] if names else []
    stored = ((analysis, store.record(store.path_of(out, analysis.key))) for analysis in asked)
    for paragraph in in_words((analysis, record) for analysis, record in stored if record is not None):
        say(paragraph + "\n")
    for name in dict.fromkeys(analysis.target.id for analysis in asked):
        say(f"Tables: {out / SYNTHESES / name}.md")
