"""Calibrate: hold what early trials predicted against what later ones found."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import cast

import numpy as np
import pandas as pd

from bayes.calibration import tabulating
from bayes.calibration.calibrated import Calibration
from bayes.calibration.pairs import Pairs, read_pairs
from bayes.calibration.predicting import Follower, Under, pairs_of, predict
from bayes.calibration.scores import Outcomes, Resampling
from bayes.calibration.tables import FactsRow, PriorRow, RejectedRow
from bayes.calibration.tabulating import NO_TAU, Scored
from bayes.errors import InvalidInput, UnknownName
from bayes.priors.sets import PriorSet, SomePriorSet, as_set

SAMPLES, SEED = 1000, 20261130


def calibrate(
    pairs: str | os.PathLike[str] | pd.DataFrame | Pairs,
    prior_set: SomePriorSet = "default",
    *,
    reference: str | None = None,
    samples: int = SAMPLES,
    seed: int = SEED,
    jobs: int | None = None,
    follower: Follower | None = None,
) -> Calibration:
    """Hold what the posteriors of early trials predicted against what later trials of the same questions found.

    Every early trial is analysed under every prior of effects of a set, without heterogeneity and with every prior of
    tau; the prediction is of the later trial's estimate, given its standard error.

    Parameters
    ----------
    pairs : str, path, DataFrame or Pairs
        As `read_pairs` takes them.
    prior_set : str, path or PriorSet
    reference : str, optional
        "prior" or "prior,heterogeneity" with which the others are compared; the first pair of the set by default.
    samples : int
        Bootstrap samples of groups.
    seed : int
        Of the bootstrap.
    jobs : int, optional
        Processes; as many as there are cores by default.
    follower : callable, optional
        Receives how many pairs are done, of how many, each time some are.

    Returns
    -------
    Calibration

    Raises
    ------
    InvalidInput
        If the table cannot be read, or no row of it can be used.
    UnknownName
        If the reference is not a pair of the set.
    """
    priors = as_set(prior_set)
    known = pairs_of(priors)
    if not known:
        raise InvalidInput(priors.id, ["the set has no priors of effects"])
    chosen = _reference(known, reference)
    table = pairs if isinstance(pairs, Pairs) else read_pairs(pairs)
    predicted = predict(table, priors, jobs or os.cpu_count() or 1, follower)
    usable = table.usable
    rejected = [cast(RejectedRow, row) for row in table.rejected().to_dict("records")]
    if not len(usable):
        first = f"the first: {rejected[0]['reason']}" if rejected else "it has none"
        raise InvalidInput(table.name or "pairs", [f"no row can be used; {first}"])
    over = Resampling.of(table.group, usable, samples, seed)
    found = Scored(table, predicted, Outcomes(table.y_later, table.se_later, predicted.mcid), over)
    return Calibration(
        facts=_facts(found, priors.id, chosen, samples, seed),
        scores=list(tabulating.scores(found)),
        gains=list(tabulating.gains(found, chosen)),
        likelihoods=list(tabulating.likelihoods(found)),
        splits=list(tabulating.splits(found)),
        curves=list(tabulating.curves(found)),
        levels=list(tabulating.levels(found)),
        pits=list(tabulating.pits(found)),
        skipped=list(tabulating.skipped(found)),
        rejected=rejected,
        priors=list(_priors(priors)),
    )


def _facts(found: Scored, prior_set: str, reference: Under, samples: int, seed: int) -> FactsRow:
    table, usable, later = found.pairs, found.pairs.usable, found.later
    year = table.year[usable]
    year = year[np.isfinite(year)]
    ratio = (found.predicted.s[usable] / later.se[usable]) ** 2
    ratio = ratio[np.isfinite(ratio)]
    return {
        "prior_set": prior_set,
        "file": table.name,
        "pairs": len(usable),
        "groups": found.over.groups,
        "counts": int(((table.evidence.form == "counts") & np.isfinite(found.predicted.s)).sum()),
        "thresholds": int(np.isfinite(later.mcid).sum()),
        "first_year": float(year.min()) if len(year) else None,
        "last_year": float(year.max()) if len(year) else None,
        "positive": float(later.positive[usable].mean()),
        "significant": float(later.significant[usable].mean()),
        "information": float(np.median(ratio)) if len(ratio) else None,
        "reference_prior": reference.prior,
        "reference_heterogeneity": reference.heterogeneity or NO_TAU,
        "samples": samples,
        "seed": seed,
    }


def _priors(priors: PriorSet) -> Iterator[PriorRow]:
    """Yield every prior of the set, as it is written there."""
    for of, every in (("effect", priors.effect), ("heterogeneity", priors.heterogeneity)):
        for name, prior in every.items():
            rule, written = prior.rule, prior.distribution
            yield {"of": of, "name": name, "rule": rule, "distribution": written, "source": prior.source}


def _reference(known: Sequence[Under], asked: str | None) -> Under:
    if asked is None:
        return known[0]
    prior, _, tau = (part.strip() for part in asked.partition(","))
    wanted = Under(prior, None if tau in ("", NO_TAU) else tau)
    if wanted not in known:
        names = [f"{under.prior},{under.heterogeneity or NO_TAU}" for under in known]
        raise UnknownName("pair of priors", asked, names)
    return wanted
