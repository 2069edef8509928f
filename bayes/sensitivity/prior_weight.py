"""What a prior weighs: its share of the posterior's precision, and the patients or events it is worth."""

from __future__ import annotations

from math import sqrt

from bayes.description import prior_sd
from bayes.distributions import Distribution
from bayes.errors import NotFormable
from bayes.prior_ess import effective_sample_size
from bayes.sensitivity.named_priors import every_prior
from bayes.sensitivity.subject import Row, Subject, question
from bayes.trial import Outcome

METHODS = ("elir", "morita", "moments")
EVENT_SD = 2.0  # of one event's information on a log hazard ratio: 4/d (Spiegelhalter, Freedman and Parmar 1994)


@question
def prior_weight(subject: Subject) -> list[Row]:
    """How much each prior weighs beside the data.

    Parameters
    ----------
    target : Outcome, Synthesis, Fit, DataTree, str or path

    Returns
    -------
    DataFrame
        `prior`, `distribution`; `share_of_precision`, s^2 / (s^2 + tau^2); effective sizes `elir`, `morita`, `moments`
        (`prior_ess`) in the `unit`, patients or events, of which the data hold `data`; `outweighs`: whether ELIR
        exceeds that; `words`; `reason` where a size is not defined.
    """
    try:
        s, data, unit = _unit(subject)
        reason = None
    except NotFormable as why:
        s = data = unit = None
        reason = str(why)
    rows = []
    for name, formed in every_prior(subject):
        if isinstance(formed, str) or not isinstance(formed.distribution, Distribution):
            continue
        prior = formed.distribution
        row = {"prior": name, "distribution": str(prior), "unit": unit, "data": data}
        rows.append(row | _weighed(subject, prior, s, data, unit, reason))
    return rows


def _unit(subject: Subject) -> tuple[float | None, float, str]:
    """(standard error, size of the data, its unit): what one unit of information is.

    Raises
    ------
    NotFormable
        If the report has no standard error, or its size is not known.
    """
    target = subject.target
    if target.measure == "proportion":
        return None, float(target.evidence.n), "patients"
    s = (target.standard_error if not subject.is_synthesis else None) or subject.normal_summary[1]
    if target.measure == "hazard_ratio":
        return s, (EVENT_SD / s) ** 2, "events"
    if not subject.is_synthesis and target.evidence.kind == "events":
        events = target.evidence.treatment.events + target.evidence.control.events
        return s, float(events), "events"
    return s, float(sum(patients(member) for member in subject.analysis.members)), "patients"


def patients(outcome: Outcome) -> int:
    """Patients of both arms, as the report says; else as the trial or its contrast does.

    Raises
    ------
    NotFormable
        If nobody says: rates over exposure alone.
    """
    evidence = outcome.evidence
    if evidence.kind in ("ordinal", "ordinal_cut"):
        return sum(t + c for _, t, c in evidence.observed)
    if evidence.kind in ("binary", "means"):
        return evidence.treatment.n + evidence.control.n
    sizes = getattr(evidence, "n", None)
    contrast = outcome.trial.contrasts.get(outcome.contrast) if outcome.contrast else None
    sizes = sizes or (contrast and contrast.n) or outcome.trial.n
    if sizes is None:
        raise NotFormable(f"{outcome.name} does not say how many patients there were")
    return sizes.total


def _weighed(subject: Subject, prior: Distribution, s, data, unit, reason) -> Row:
    sd = prior_sd(prior, subject.target)
    row: Row = {"share_of_precision": None if s is None or sd is None else s**2 / (s**2 + sd**2)}
    reasons = [reason] if reason else []
    sizes = dict.fromkeys(METHODS)
    sigma = None if s is None else s * sqrt(data)
    for method in METHODS if data is not None else ():
        try:
            sizes[method] = effective_sample_size(prior, method, sigma)
        except NotFormable as why:
            reasons.append(str(why))
    row |= sizes
    elir = sizes["elir"]
    row["outweighs"] = None if elir is None else elir > data
    row["words"] = None if elir is None else _words(sizes, data, unit)
    return row | {"reason": "; ".join(dict.fromkeys(reasons)) or None}


def _words(sizes: dict[str, float | None], data: float, unit: str) -> str:
    elir = sizes["elir"]
    one, size = unit.removesuffix("s"), round(elir)
    said = f"worth about {size} {one if size == 1 else unit}" if size else f"worth less than one {one}"
    others = (("Morita", sizes["morita"]), ("moments", sizes["moments"]))
    apart = [(name, value) for name, value in others if value is not None and abs(value - elir) > 0.1 * max(elir, 1)]
    beside = ", ".join(f"{name} {value:.0f}" for name, value in apart)
    said += f" (by {beside})" if beside else ""
    said += f"; the data hold {data:.0f}"
    return f"{said}: this prior outweighs them" if elir > data else said
