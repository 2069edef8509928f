"""Prior weight: the share of a prior in the precision, and the number of patients or events it is worth."""

from __future__ import annotations

import pandas as pd

from bayes.base.distributions import Distribution
from bayes.base.numbers import significant
from bayes.borrowing.effective_sample_size import effective_sample_size
from bayes.errors import NotFormable
from bayes.posterior.description import prior_sd
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


def prior_weight_rows(subject: Subject) -> list[Row]:
    """List the rows of `prior_weight` for a subject."""
    try:
        unit = unit_of(subject)
    except NotFormable as why:
        unit = str(why)
    return [weighed(subject, name, prior, unit) for name, prior in effect_priors(subject).items()]


def weighed(subject: Subject, name: str, prior: Distribution, unit: Unit | str) -> Row:
    """Return the row of one prior; its sizes are empty if there is no unit in which to count them."""
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
    """Return the sizes by every definition, the share of precision, and the reasons why some are missing."""
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
        return sizes, None, [*reasons, "a prior with no variance has no share of the precision"]
    return sizes, sigma**2 / unit.data / (sigma**2 / unit.data + sd**2), reasons


def _words(sizes: dict[str, float | None], data: float, unit: str, measure: str) -> str:
    elir = sizes["elir"]
    one, size = unit.removesuffix("s"), round(elir)
    said = f"worth about {size} {one if size == 1 else unit}" if size else f"worth less than one {one}"
    others = (("Morita's method", sizes["morita"]), ("moments", sizes["moments"]))
    apart = [(name, value) for name, value in others if value is not None and abs(value - elir) > 0.1 * max(elir, 1)]
    by_others = ", ".join(f"{significant(value)} by {name}" for name, value in apart)
    said += f" ({by_others})" if by_others else ""
    # 4/s^2 is the number of events in a 1:1 trial without covariates, which this trial need not be
    exact = "both counts are 4/s^2, which is exact for 1:1 allocation without covariates"
    said += f"; the data contain {significant(data)}" + (f" ({exact})" if measure == "hazard_ratio" else "")
    return f"{said}, so this prior outweighs them" if elir > data else said
