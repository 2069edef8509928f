"""Prior weight: the share of a prior in the precision, and the number of patients or events it is worth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict

import pandas as pd

from bayes.base.distributions import Distribution
from bayes.base.numbers import significant
from bayes.borrowing.effective_sample_size import Method, effective_sample_size
from bayes.errors import NotFormable
from bayes.posterior.description import prior_sd
from bayes.priors.sets import SomePriorSet
from bayes.sensitivity.information import Unit, unit_of
from bayes.sensitivity.priors_side_by_side import effect_priors
from bayes.sensitivity.subject import Subject, Target


class PriorWeightRow(TypedDict):
    """The weight of one prior relative to the data."""

    prior: str  # its name
    distribution: str  # as written in a prior set, on the analysis scale
    unit: str | None  # what its size is counted in: "patients" or "events"; None without a unit
    data: float | None  # how many of them the data contain
    share_of_precision: float | None  # its share in the precision of prior and expected data together, 0 to 1
    elir: float | None  # effective sample size by the expected local-information-ratio
    morita: float | None  # effective sample size by Morita's method
    moments: float | None  # effective sample size by moments
    outweighs: bool | None  # whether ELIR exceeds `data`
    words: str | None  # the same in words
    reason: str | None  # why a size is not defined


@dataclass(frozen=True, slots=True)
class Sizes:
    """The effective sample sizes of a prior in some unit, None where one is not defined, and the reasons."""

    elir: float | None = None
    morita: float | None = None
    moments: float | None = None
    share: float | None = None
    reasons: tuple[str, ...] = ()


def prior_weight(
    target: Target,
    *,
    prior: str | None = None,
    prior_set: SomePriorSet = "default",
    priors: SomePriorSet | None = None,
) -> pd.DataFrame:
    """Measure the weight of each prior relative to the data (METHODS 6).

    Effective sample sizes are based on the expected information of one patient or event (`sensitivity.information`),
    not on the width of this likelihood. For a hazard ratio, the events are 4/s^2, as in a 1:1 trial without covariates.

    Parameters
    ----------
    target : Outcome, Synthesis, Fit, DataTree, str or path
        Anything `bayes.resolve` accepts, or a fit or stored tree, which brings its own prior.
    prior : str, optional
        The main prior: a name from the set, a rule, or an expression on the analysis scale; neutral by default.
    prior_set, priors : str, path or PriorSet
        The set of priors: a shipped set by name, a file, or a `PriorSet`; `priors` is an older spelling.

    Returns
    -------
    DataFrame
        One row per `prior`: its `distribution`; `share_of_precision`, the share of the prior in the precision of prior
        and expected data together: sigma^2/n over sigma^2/n + tau^2, which is s^2/(s^2 + tau^2) for a normal estimate
        and (a + b)/(a + b + n) for a beta prior; the effective sample sizes `elir`, `morita` and `moments` (as in
        `bayes.prior_ess`) in `unit` (patients or events), of which the data contain `data`; `outweighs`, whether ELIR
        exceeds `data`; `words`; and `reason` if a size is not defined.
    """
    return pd.DataFrame(prior_weight_rows(Subject.of(target, prior, prior_set, priors)))


def prior_weight_rows(subject: Subject) -> list[PriorWeightRow]:
    """List the rows of `prior_weight` for a subject."""
    try:
        unit: Unit | str = unit_of(subject)
    except NotFormable as why:
        unit = str(why)
    return [weighed(subject, name, prior, unit) for name, prior in effect_priors(subject).items()]


def weighed(subject: Subject, name: str, prior: Distribution, unit: Unit | str) -> PriorWeightRow:
    """Return the row of one prior; its sizes are empty if there is no unit in which to count them."""
    found = Sizes(reasons=(unit,)) if isinstance(unit, str) else _sizes(subject, prior, unit)
    counted = None if isinstance(unit, str) else unit
    outweighs = words = None
    if counted is not None and found.elir is not None:
        outweighs = found.elir > counted.data
        words = _words(found.elir, found, counted, subject.target.measure)
    return {
        "prior": name,
        "distribution": str(prior),
        "unit": None if counted is None else counted.name,
        "data": None if counted is None else counted.data,
        "share_of_precision": found.share,
        "elir": found.elir,
        "morita": found.morita,
        "moments": found.moments,
        "outweighs": outweighs,
        "words": words,
        "reason": "; ".join(dict.fromkeys(found.reasons)) or None,
    }


def _sizes(subject: Subject, prior: Distribution, unit: Unit) -> Sizes:
    """Return the sizes by every definition, the share of precision, and the reasons why some are missing."""
    reasons: list[str] = []
    try:
        sigma = unit.sd(prior, subject.curve.bounds)
    except NotFormable as why:
        return Sizes(reasons=(str(why),))

    def size(method: Method) -> float | None:
        try:
            return effective_sample_size(prior, method, sigma)
        except NotFormable as why:
            reasons.append(str(why))
            return None

    elir, morita, moments = size("elir"), size("morita"), size("moments")
    share = None
    if sigma is None:
        share = None if moments is None else moments / (moments + unit.data)
    elif (sd := prior_sd(prior, subject.target)) is not None:
        share = sigma**2 / unit.data / (sigma**2 / unit.data + sd**2)
    else:
        reasons.append("a prior with no variance has no share of the precision")
    return Sizes(elir, morita, moments, share, tuple(reasons))


def _words(elir: float, sizes: Sizes, unit: Unit, measure: str) -> str:
    one, size = unit.name.removesuffix("s"), round(elir)
    said = f"worth about {size} {one if size == 1 else unit.name}" if size else f"worth less than one {one}"
    others = (("Morita's method", sizes.morita), ("moments", sizes.moments))
    apart = [(name, value) for name, value in others if value is not None and abs(value - elir) > 0.1 * max(elir, 1)]
    by_others = ", ".join(f"{significant(value)} by {name}" for name, value in apart)
    said += f" ({by_others})" if by_others else ""
    # 4/s^2 is the number of events in a 1:1 trial without covariates, which this trial need not be
    exact = "both counts are 4/s^2, which is exact for 1:1 allocation without covariates"
    said += f"; the data contain {significant(unit.data)}" + (f" ({exact})" if measure == "hazard_ratio" else "")
    return f"{said}, so this prior outweighs them" if elir > unit.data else said
