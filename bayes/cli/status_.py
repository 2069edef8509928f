"""`bayes status`: what is stored, and whether it is still current."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import click

from bayes.cli.options import results_folder, user_seed

if TYPE_CHECKING:
    from pathlib import Path

    from bayes.analysis.plan import Plan


@click.command(name="status")
@results_folder
@click.option("--priors", metavar="NAME|FILE", help="Prior set.  [default: those the folder was made under]")
@user_seed
def command(out, priors, seed) -> None:
    """Compare stored posteriors with the files that the folder was made from, as they are now.

    A folder that was made from nothing yet is compared with everything shipped.
    """
    from bayes.results import store
    from bayes.results.regeneration import stale

    plan = _plan(out, priors, seed)
    reasons = stale(plan, out)
    stored = store.records(out)
    for key, reason in reasons.items():
        click.echo(f"{key}: {reason}")
    for key in store.unknown_keys(stored, (a.key for a in plan.analyses)):
        click.echo(f"{key}: stored, but not in this plan")
    for key, about in stored.items():
        if about["status"] != "ok":
            click.echo(f"{key}: {about['status']}: {about['reason']}")
    with_versions = Counter(tuple(about["versions"].items()) for about in stored.values())
    for versions, count in with_versions.most_common():
        click.echo(f"{count} posteriors made with " + ", ".join(f"{n} {v}" for n, v in versions))
    click.echo(f"{out}: {len(plan.analyses) - len(reasons)} of {len(plan.analyses)} current")


def _plan(out: Path, priors: str | None, seed: int | None) -> Plan:
    from bayes.analysis.analysis import Settings
    from bayes.analysis.plan import make_plan
    from bayes.analysis.targets import find_targets
    from bayes.priors.sets import load_priors
    from bayes.results import inputs

    chosen = None if priors is None else load_priors(priors)
    if (out / inputs.FOLDER / inputs.ASKED).is_file():
        return inputs.plan_of(out, seed, originals=True, priors=chosen)
    settings = Settings() if seed is None else Settings(seed=seed)
    return make_plan(find_targets([]), chosen or load_priors(), settings=settings)
