"""`bayes regenerate` of a corpus: its posteriors by quadrature, then the audit of a sample by NUTS."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from bayes.corpus.regeneration import Follower


def run_corpus(
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
    """Regenerate a corpus, say what was written, and end with the exit code that its audit deserves."""
    from bayes.cli.ending import interruptible
    from bayes.cli.workers import workers_at
    from bayes.corpus.verbs import regenerate
    from bayes.errors import ClusterLost

    started = time.perf_counter()
    try:
        with interruptible("finished blocks are stored"), workers_at(scheduler, quiet) as cluster:
            run = regenerate(
                names,
                out,
                prior_set=priors,
                jobs=jobs,
                shard=shard or "1/1",
                force=force,
                follower=_follower(quiet),
                scheduler=cluster,
            )
    except ClusterLost as error:
        click.echo(f"{error}; finished blocks are stored; run the same command to continue", err=True)
        sys.exit(1)
    if not quiet:
        click.echo(f"{out}: {run} ({time.perf_counter() - started:.1f} s)", err=True)
    if not run.rows or not audit:
        sys.exit(0)
    from bayes.corpus.auditing import audit_corpus

    with interruptible("the answers are stored; the audit is not"):
        report = audit_corpus(names, out, prior_set=priors, size=audit, seed=seed)
    if not quiet or report.failed:
        click.echo(f"{out}/audit.csv: {report}", err=True)
    sys.exit(1 if report.failed else 0)


def _follower(quiet: bool) -> Follower | None:
    """Return what follows the blocks: a count on a terminal, else nothing."""
    if quiet or not sys.stderr.isatty():
        return None
    done = 0

    def follow(number: int) -> None:
        nonlocal done
        done += 1
        click.echo(f"\r{done} blocks", nl=False, err=True)

    return follow
