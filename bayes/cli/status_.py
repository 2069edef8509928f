"""`bayes status`: what is stored, and whether it is still current."""

from __future__ import annotations

from collections import Counter

import click

from bayes.cli.options import prior_set, results_folder, user_seed


@click.command(name="status")
@results_folder
@prior_set
@user_seed
def command(out, priors, seed) -> None:
    """Compare stored posteriors with the shipped trials under a prior set; imports no PyMC."""
    from bayes import store
    from bayes.analysis import Settings
    from bayes.plan import make_plan
    from bayes.priors import load_priors
    from bayes.regenerate import stale
    from bayes.targets import find_targets

    settings = Settings() if seed is None else Settings(seed=seed)
    plan = make_plan(find_targets([]), load_priors(priors), settings=settings)
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
