"""What a prior weighs: its share of the posterior's precision, and the patients or events it is worth."""

from __future__ import annotations

import pandas as pd

from bayes.base.distributions import Distribution
from bayes.borrowing.effective_sample_size import effective_sample_size
from bayes.errors import NotFormable
from bayes.posterior.record import prior_sd
from bayes.priors.sets import SomePriorSet
from bayes.sensitivity.information import Unit, unit_of
from bayes.sensitivity.priors_side_by_side import effect_priors
from bayes.sensitivity.subject import Row, Subject, Target

METHODS = ("elir", "morita", "moments")
Sizes = dict[str, float | None]


def prior_weight(
    target: Target,
    *,
    prior: str | None = None,
    prior_set: SomePriorSet = "default",
    priors: SomePriorSet | None = None,
) -> pd.DataFrame:
    """How much each prior weighs beside the data.

    Sizes are counted by the expected information of one patient or event (`information`), not by the width of this
    likelihood. `events` of a hazard ratio are 4/s^2, those of a 1:1 trial without covariates.

    Parameters
    ----------
    target : Outcome, Synthesis, Fit, DataTree, str or path
    prior : str, optional
        The main prior: a name of the set, a named rule or an expression; neutral by default.
    prior_set, priors : str, path or PriorSet
        The set of priors; `priors` is the older spelling.

    Returns
    -------
    DataFrame
        `prior`, `distribution`; `share_of_precision`, that of the prior in prior and expected data together: sigma^2/n
        over sigma^2/n + tau^2, which is s^2 / (s^2 + tau^2) of a normal estimate, and (a + b)/(a + b + n) of a beta;
        effective sizes `elir`, `morita`, `moments` (`prior_ess`) in the `unit`, patients or events, of which the data
        hold `data`; `outweighs`: whether ELIR exceeds that; `words`; `reason` where a size is not defined.
    """
    return pd.DataFrame(prior_weight_rows(Subject.of(target, prior, prior_set, priors)))


def prior_weight_rows(subject: Subject) -> list[Row]:
    """List the rows of `prior_weight` for a subject."""
    try:
        unit = unit_of(subject)
    except NotFormable as why:
        unit = str(why)
    return [weighed(subject, name, prior, unit) for name, prior in effect_priors(subject).items()]


def weighed(subject: Subject, name: str, prior: Distribution, unit: Unit | str) -> Row:
    """One prior in units, or without a number where there is no unit."""
    sizes, reasons, share = dict.fromkeys(METHODS), [], None
    data = what = None
    if isinstance(unit, str):
        reasons.append(unit)
    else:
        data, what = unit.data, unit.name
        sizes, share, reasons = _sizes(subject, prior, unit)
    elir = sizes["elir"]
    row: Row = {"prior": name, "distribution": str(prior), "unit": what, "data": data, "share_of_precision": share}
    row |= sizes
    row["outweighs"] = None if elir is None else elir > data
    row["words"] = None if elir is None else _words(sizes, data, what, subject.target.measure)
    return row | {"reason": "; ".join(dict.fromkeys(reasons)) or None}


def _sizes(subject: Subject, prior: Distribution, unit: Unit) -> tuple[Sizes, float | None, list[str]]:
    """Sizes by every definition, the share of precision, and why some are missing."""
    sizes, reasons = dict.fromkeys(METHODS), []
    try:
        sigma = unit.sd(prior, subject.curve.bounds)
    except NotFormable as why:
        return sizes, None, [str(why)]
    for method in METHODS:
        try:
            sizes[method] = effective_sample_size(prior, method, sigma)
        except NotFormable as why:
            reasons.append(str(why))
    if sigma is None:
        return sizes, sizes["moments"] and sizes["moments"] / (sizes["moments"] + unit.data), reasons
    sd = prior_sd(prior, subject.target)
    if sd is None:
        return sizes, None, [*reasons, "a prior without a variance has no share of the precision"]
    return sizes, sigma**2 / unit.data / (sigma**2 / unit.data + sd**2), reasons


def _words(sizes: dict[str, float | None], data: float, unit: str, measure: str) -> str:
    elir = sizes["elir"]
    one, size = unit.removesuffix("s"), round(elir)
    said = f"worth about {size} {one if size == 1 else unit}" if size else f"worth less than one {one}"
    others = (("Morita", sizes["morita"]), ("moments", sizes["moments"]))
    apart = [(name, value) for name, value in others if value is not None and abs(value - elir) > 0.1 * max(elir, 1)]
    beside = ", ".join(f"{name} {value:.0f}" for name, value in apart)
    said += f" (by {beside})" if beside else ""
    # 4/s^2 counts events of a 1:1 trial without covariates, of which this need not be one
    counted = ", both counted as 4/s^2, which is exact at 1:1 without covariates" if measure == "hazard_ratio" else ""
    said += f"; the data hold {data:.0f}{counted}"
    return f"{said}: this prior outweighs them" if elir > data else said
