"""Checks of what `bayes sensitivity` says over choices, for one report, against brute force.

Every named prior and cell of a grid, events that would have to move, digits that were not printed, and what a relative
effect means for absolute risks. What is not recomputed: log evidences, and the inside search of an extraction box,
which must hold whatever a random place in the box gives.
"""

from copy import deepcopy
from decimal import Decimal
from functools import partial

import numpy as np
import pytest
from scipy import stats

from bayes.base.distributions import Distribution, parse
from bayes.sensitivity.absolute_effects import baseline_risk_rows
from bayes.sensitivity.bayesian_fragility import fragility_rows
from bayes.sensitivity.grid_of_priors import prior_grid_rows
from bayes.sensitivity.printed_digits import extraction_rows
from bayes.sensitivity.priors_side_by_side import named_priors_rows
from bayes.sensitivity.subject import Subject
from support.brute_force.posterior import Mixture, Oracle, normal_or_beta
from support.random_reports import P

PLACES = 2  # in the box of an extraction
LAWS = {"normal": stats.norm, "beta": stats.beta, "student_t": stats.t}
ARMS = ("treatment", "control")


def law(prior: Distribution):
    if prior.name == "mixture":
        return Mixture([(weight, law(part)) for weight, part in prior.components])
    return LAWS[prior.name](*prior.args)


def holds_of_a_row(row, subject: Subject) -> None:
    """Probabilities are probabilities, and an interval holds its median within the measure's own range."""
    for name in ("p_benefit", "p_harm", "p_mcid", "p_rope"):
        assert row.get(name) is None or -1e-12 <= row[name] <= 1 + 1e-12, row
    if "estimate" in row:
        low, high = (float(subject.natural(x)) for x in subject.curve.bounds)
        assert low <= row["estimate_low"] <= row["estimate"] <= row["estimate_high"] <= high, row


def agrees_on_priors(subject: Subject, oracle: Oracle) -> None:
    for row in named_priors_rows(subject):
        if row["status"] != "ok":
            assert row["reason"] and row["p_benefit"] is None
            continue
        holds_of_a_row(row, subject)
        frozen = law(parse(row["distribution"]))
        assert row["p_benefit"] == pytest.approx(oracle.p_benefit(frozen), abs=P), row
        assert row["p_mcid"] == pytest.approx(oracle.p_benefit(frozen, subject.mcid), abs=P), row
    for row in prior_grid_rows(subject, size=5):
        frozen = normal_or_beta(oracle.measure, row["prior_mean"], row["prior_sd"])
        assert row["p_benefit"] == pytest.approx(oracle.p_benefit(frozen), abs=P), row
        assert row["p_mcid"] == pytest.approx(oracle.p_benefit(frozen, subject.mcid), abs=P), row


def changed(oracle: Oracle, path: tuple, value) -> Oracle:
    """The oracle of the same report with another number."""
    evidence = deepcopy(oracle.evidence)
    if "ci" in evidence:
        evidence["ci"] = list(evidence["ci"])
    holder = evidence
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value
    return Oracle(oracle.measure, oracle.benefit, evidence, oracle.null)


def with_moved(oracle: Oracle, k: int) -> Oracle:
    """The report with k events moved from control to treatment, each with a person where persons are printed."""
    evidence = deepcopy(oracle.evidence)
    for arm, by in zip(ARMS, (k, -k), strict=True):
        counted = [name for name in ("events", "persons") if evidence[arm].get(name) is not None]
        evidence[arm] |= {name: evidence[arm][name] + by for name in counted}
    return Oracle(oracle.measure, oracle.benefit, evidence, oracle.null)


def agrees_on_fragility(subject: Subject, oracle: Oracle) -> None:
    frozen = law(subject.prior)
    for row in fragility_rows(subject):
        if row["events"] is None:
            assert row["reason"]
            continue
        step, target = (1 if row["towards"] == "treatment" else -1), row["target"]
        there, before = (with_moved(oracle, step * k).p_benefit(frozen) for k in (row["events"], row["events"] - 1))
        assert row["p_after"] == pytest.approx(there, abs=P)
        side = 1 if row["p_benefit"] < target else -1  # reached from below, or lost
        assert side * (there - target) > -P and side * (before - target) < P, row


def printed_numbers(evidence: dict) -> list[tuple[tuple, Decimal]]:
    """Rounded numbers that the likelihood rests on, by where they stand."""
    kind = evidence["kind"]
    if kind == "means":
        return [((arm, name), evidence[arm][name]) for arm in ARMS for name in ("mean", "sd")]
    if kind == "estimate" and evidence.get("ci"):
        return [(("estimate",), evidence["estimate"]), *((("ci", i), x) for i, x in enumerate(evidence["ci"]))]
    names = {"estimate": ("estimate", "se" if evidence.get("se") else "p"), "p_value": ("p", "se")}
    found = [((name,), evidence.get(name)) for name in names.get(kind, ())]
    return [(path, value) for path, value in found if isinstance(value, Decimal)]


def agrees_on_extraction(subject: Subject, oracle: Oracle, random: np.random.Generator) -> None:
    rows = {(row["over"], row["probability"]): row for row in extraction_rows(subject)}
    for row in rows.values():
        assert 0 <= row["low"] <= row["value"] + 1e-9 and row["value"] - 1e-9 <= row["high"] <= 1, row
    numbers = printed_numbers(oracle.evidence)
    frozen, found = law(subject.prior), rows["rounding", "p_benefit"]
    for _ in range(PLACES if numbers else 0):
        moved = oracle
        for path, value in numbers:
            half = float(Decimal(1).scaleb(int(value.as_tuple().exponent))) / 2
            moved = changed(moved, path, float(value) + half * random.uniform(-0.9, 0.9))
        if not possible(moved.evidence):
            continue
        p = moved.p_benefit(frozen)
        assert found["low"] - P <= p <= found["high"] + P, (found, moved.evidence)


def possible(evidence: dict) -> bool:
    """Whether moved digits still make a report: an interval around its estimate, errors and p-values above 0."""
    if evidence.get("ci"):
        (low, high), middle = evidence["ci"], evidence["estimate"]
        return middle - low > 0.2 * (high - low) and high - middle > 0.2 * (high - low) and low > 0
    return all(float(evidence.get(name) or 1) > 0.0005 for name in ("se", "p") if "<" not in str(evidence.get(name)))


def agrees_on_baseline_risk(subject: Subject, oracle: Oracle) -> None:
    """The median effect put into the definition of its measure."""
    middle = oracle.quantile(law(subject.prior), 0.5)
    at = {
        "odds_ratio": lambda r: 1 / (1 + (1 - r) / r * np.exp(-middle)),
        "risk_ratio": lambda r: r * np.exp(middle),
        "rate_ratio": lambda r: r * np.exp(middle),
        "hazard_ratio": lambda r: 1 - (1 - r) ** np.exp(middle),
        "risk_difference": lambda r: r + middle,
    }
    at["common_odds_ratio"] = at["odds_ratio"]
    for row in baseline_risk_rows(subject):
        if row["control_risk"] is None:
            assert row["reason"]
            continue
        control, treated = row["control_risk"], row["treated_risk"]
        assert row["low"] <= row["risk_difference"] <= row["high"]
        assert row["risk_difference"] == pytest.approx(treated - control, abs=1e-9)
        assert oracle.measure == "rate_ratio" or 0 <= treated <= 1
        assert treated == pytest.approx(at[oracle.measure](control), abs=0.01, rel=0.01)


def checks_of(kind: str):
    """The checks of a report of a kind, with random places of their own."""
    extraction_at = partial(agrees_on_extraction, random=np.random.default_rng(len(kind)))
    return agrees_on_priors, agrees_on_fragility, extraction_at, agrees_on_baseline_risk


MANY = {"proportion": 6, "estimate": 8, "binary": 5}
MOST = 3  # of each other kind: they cost more
