"""Every case: each likelihood under each structure, at the sizes of real trials and at hard ones.

Hard sizes are 13 v 31 patients, arms without an event, seven categories three of which are empty, 0.1 events a person,
and syntheses of two trials. Numbers of simulations follow from what one costs: all of them take some fifty minutes of one core, with those that are run again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from calibration.sbc import arms, days, events, normal_arms, ordered, printed, risks, tables
from calibration.sbc.case import Case, Kind

REAL, HARD = (69, 75), (13, 31)
WIDE, UNIT = (0.0, 2.5), (0.0, 1.0)  # default priors of baselines, and of log size and log spread
RARE: dict[str, Any] = {"baseline": {"binary": {"distribution": "normal(-3, 0.7)"}}}
TENTH: dict[str, Any] = {"baseline": {"events": {"distribution": "normal(-2.3, 0.5)"}}}
SHIFTED = ("normal", 0.3, 0.5)  # beside a report without its direction, which a prior about no effect would leave at 0.5


def _counted(simulate) -> dict[str, Kind]:
    """Return persons with an event of a real size, and of a hard one in which an arm has none."""
    measure = simulate.__name__
    return {
        "69 v 75": Kind(simulate, {"n": REAL, "mid": WIDE}, measure),
        "13 v 31, an arm without events": Kind(simulate, {"n": HARD, "mid": (-3.0, 0.7), "zero": True}, measure, priors=RARE),
    }


def _events(simulate, most: int, **shape: tuple[float, float]) -> dict[str, Kind]:
    """Return events of a real size, and 0.1 events a person of a hard one."""
    return {
        f"69 v 75, at most {most} events": Kind(simulate, {"n": REAL, "mid": WIDE, "most": most} | shape, "rate_ratio"),
        "13 v 31, 0.1 events a person": Kind(simulate, {"n": HARD, "mid": (-2.3, 0.5), "most": most} | shape, "rate_ratio", priors=TENTH),
    }


def _tabled(simulate, **more: float) -> dict[str, Kind]:
    """Return tables of a real size, and of seven categories three of which are empty."""
    return {
        "100 v 95, four categories": Kind(simulate, {"n": (100, 95), "levels": 4} | more, "common_odds_ratio"),
        "13 v 31, three of seven categories empty": Kind(
            simulate, {"n": HARD, "levels": 4, "empty": (0, 3, 6)} | more, "common_odds_ratio"
        ),
    }


KINDS: dict[str, dict[str, Kind]] = {
    "binomial": _counted(risks.odds_ratio),
    "binomial_risk_ratio": _counted(risks.risk_ratio),
    "binomial_risk_difference": {
        "69 v 75": Kind(risks.risk_difference, {"n": REAL}, "risk_difference", ("normal", 0.0, 0.3)),
        "13 v 31, an arm without events": Kind(risks.risk_difference, {"n": HARD, "zero": True}, "risk_difference", ("normal", 0.0, 0.3)),
    },
    "binomial_within_bounds": {
        "69 v 75, up to 3 as a bound": Kind(risks.within_bounds, {"n": REAL, "mid": WIDE, "at_most": 3}, "odds_ratio"),
        "13 v 31, up to 5 as a bound": Kind(risks.within_bounds, {"n": HARD, "mid": (-3.0, 0.7), "at_most": 5}, "odds_ratio", priors=RARE),
    },
    "discordant_pairs": {
        "11 pairs": Kind(risks.pairs, {"discordant": 11}, "odds_ratio"),
        "2 pairs": Kind(risks.pairs, {"discordant": 2}, "odds_ratio"),
    },
    "single_proportion": {
        "20 patients": Kind(risks.proportion, {"n": 20, "goal": 0.7}, "proportion", ("beta", 2.0, 2.0)),
        "3 patients": Kind(risks.proportion, {"n": 3, "goal": 0.7}, "proportion", ("beta", 0.5, 0.5)),
    },
    "events_poisson": _events(events.poisson, 2000),
    "events_negative_binomial": _events(events.totals, 2000, log_size=UNIT),
    "events_in_persons": _events(events.in_persons, 300, log_size=UNIT),
    "events_lognormal": _events(events.lognormal, 300, log_sigma=UNIT),
    "events_zero_inflated": _events(events.zero_inflated, 300),
    "proportional_odds": _tabled(ordered.proportional)
    | {"97 v 95, two cuts": Kind(ordered.cuts, {"n": (97, 95), "places": (1, 3)}, "common_odds_ratio")},
    "partial_odds_linear": _tabled(ordered.drifting, sd=0.25),
    "partial_odds_worst": _tabled(ordered.worst_apart, sd=0.25),
    "proportional_odds_of_days": {
        "59 v 63, with the worst rank counted": Kind(
            days.quartiles, {"n": (59, 63), "maximum": 28, "floor": -1, "counted": True}, "common_odds_ratio"
        ),
        "13 v 31": Kind(days.quartiles, {"n": HARD, "maximum": 28, "floor": 0}, "common_odds_ratio"),
    },
    "means": {
        "39 v 15, standardised": Kind(normal_arms.means, {"n": (39, 15), "standardised": True}, "standardised_mean_difference"),
        "13 v 31": Kind(normal_arms.means, {"n": HARD, "standardised": False}, "mean_difference"),
        "3 v 4": Kind(normal_arms.means, {"n": (3, 4), "standardised": False}, "mean_difference"),
    },
    "order_statistics": {
        "59 v 63, log-normal, quartiles and range": Kind(normal_arms.medians, {"n": (59, 63), "log": True, "with_range": True}, "mean_ratio"),
        "13 v 31": Kind(normal_arms.medians, {"n": HARD, "log": False}, "mean_difference"),
    },
    "reported_estimate": {
        "standard error 0.25": Kind(printed.estimate, {"se": 0.25}, "rate_ratio"),
        "standard error 1.2": Kind(printed.estimate, {"se": 1.2, "log": False}, "mean_difference"),
    },
    "reported_estimate_t": {
        "7 degrees of freedom": Kind(printed.estimate_t, {"se": 0.25, "df": 7}, "rate_ratio"),
        "2 degrees of freedom": Kind(printed.estimate_t, {"se": 0.6, "df": 2}, "rate_ratio"),
    },
    "reported_p": {
        "p": Kind(printed.z_test, {"se": 0.3, "form": "p"}, "hazard_ratio"),
        "p without its direction": Kind(printed.z_test, {"se": 0.3, "form": "folded p"}, "hazard_ratio", SHIFTED),
        "a statement": Kind(printed.z_test, {"se": 0.3, "form": "statement"}, "hazard_ratio"),
        "a statement without its direction": Kind(printed.z_test, {"se": 0.3, "form": "folded statement"}, "hazard_ratio", SHIFTED),
    },
    "reported_p_small_sample": {
        "16 v 15, p": Kind(printed.t_test, {"n": (16, 15), "form": "p"}, "standardised_mean_difference"),
        "4 v 3, a statement without its direction": Kind(
            printed.t_test, {"n": (4, 3), "form": "folded statement"}, "standardised_mean_difference", SHIFTED
        ),
        "9 degrees of freedom, p without its direction": Kind(
            printed.t_test_with_error, {"se": 0.4, "df": 9, "form": "folded p"}, "odds_ratio", SHIFTED
        ),
    },
}


@dataclass(frozen=True)
class Effort:
    """How many simulations a likelihood has, from what one costs.

    Attributes
    ----------
    alone, joined, common : int
        Whose posterior is integrated: of one report, of random effects, of a common effect.
    sampled, sampled_jointly : int
        Whose posterior is sampled by NUTS: of one report, of a synthesis by random or common effects; by the other
        structures half as many.
    small : bool
        Whether a synthesis other than by random effects is of two trials of the hard size: of the real size a curve
        takes half a second and more. Random effects of three trials of the real size are then sampled only.
    thinned : int
        In a synthesis, of so many draws one is kept.
    """

    alone: int = 1000
    joined: int = 30
    common: int = 120
    sampled: int = 150
    sampled_jointly: int = 60
    small: bool = False
    thinned: int = 10


USUAL = Effort()
EFFORTS = {
    "binomial": Effort(alone=300),
    "binomial_risk_ratio": Effort(alone=300),
    "binomial_within_bounds": Effort(alone=200, common=60, sampled_jointly=40),
    "events_negative_binomial": Effort(alone=60, common=40, small=True),
    "events_in_persons": Effort(alone=60, common=40, small=True),
    "events_lognormal": Effort(alone=20, joined=0, common=0, sampled=60, sampled_jointly=40, small=True),
    "events_zero_inflated": Effort(alone=60, common=40, small=True),
    "proportional_odds": Effort(alone=150, common=30, sampled_jointly=40, small=True),
    "partial_odds_linear": Effort(alone=40, joined=20, common=20, sampled_jointly=40, small=True),
    "partial_odds_worst": Effort(alone=40, joined=20, common=20, sampled_jointly=40, small=True),
    "proportional_odds_of_days": Effort(alone=150, common=40, sampled=30, sampled_jointly=20, small=True, thinned=4),
    "means": Effort(alone=300),
    "order_statistics": Effort(alone=200, common=80, sampled_jointly=40),
    "reported_estimate": Effort(joined=200),
    "reported_p_small_sample": Effort(alone=150),
}
ALONE = ("binomial_risk_difference", "single_proportion")  # not accepted in a synthesis


def _arms(measure: str, likelihood: str, simulate, priors) -> list[Case]:
    """Return both sizes of two arms with independent priors."""
    family = "gamma" if measure == "rate_ratio" else "beta"
    expression = [f"{family}({a}, {b})" for a, b in priors]
    stated = {"arms": {"own": dict(zip(("treatment", "control"), expression, strict=True))}}
    return [
        Case(likelihood, "independent_arms", f"{n[0]} v {n[1]}, {measure.replace('_', ' ')}",
             Kind(simulate, {"n": n, "priors": priors}, measure, priors=stated), exact=300, sampled=150)
        for n in (REAL, HARD)
    ]  # fmt: skip


def _tables(likelihood: str, counts: str) -> list[Case]:
    """Return tables of adverse events, with and without a point mass at no effect."""
    measure = "odds_ratio" if counts == "persons" else "rate_ratio"
    return [
        Case(likelihood, "adverse_event_hierarchy", f"{n[0]} v {n[1]}, {words}",
             Kind(tables.table, {"counts": counts, "n": n, "rows": rows, "point_mass": mass}, measure,
                  priors={"hierarchy": {"own": {"point_mass": mass}}}), sampled=100, thinned=20)
        for n, rows, mass, words in ((REAL, (3, 3), True, "effects may be zero"), (HARD, (2, 2), False, "no effect is zero"))
    ]  # fmt: skip


def _joined(likelihood: str, kinds: dict[str, Kind], effort: Effort) -> list[Case]:
    """Return the syntheses of a likelihood: random effects of both sizes, and every other structure of one."""
    (size, real), (hard_size, hard) = [*kinds.items()][:2]
    more = {"sampled": effort.sampled_jointly, "thinned": effort.thinned}
    three = Case(likelihood, "random_effects", f"three trials: {size}", real, trials=3, exact=effort.joined, **more)
    two = replace(three, size=f"two trials: {hard_size}", kind=hard, trials=2)
    usual = two if effort.small else three
    return [
        replace(three, exact=0 if effort.small else effort.joined),
        two,
        replace(usual, structure="common_effect", exact=effort.common),
        replace(usual, structure="robust_random_effects", exact=0, sampled=max(20, effort.sampled_jointly // 2)),
        replace(usual, structure="meta_regression", exact=0, sampled=max(20, effort.sampled_jointly // 2)),
    ]


@cache
def every() -> dict[str, Case]:
    """Return every case by name."""
    found: list[Case] = []
    for likelihood, kinds in KINDS.items():
        effort = EFFORTS.get(likelihood, USUAL)
        found += [Case(likelihood, "single_trial", size, kind, 1, effort.alone, effort.sampled) for size, kind in kinds.items()]
        found += [] if likelihood in ALONE else _joined(likelihood, kinds, effort)
    for likelihood, measure in (("binomial", "odds_ratio"), ("binomial_risk_ratio", "risk_ratio"), ("binomial_risk_difference", "risk_difference")):
        found += _arms(measure, likelihood, arms.risks, ((0.5, 0.5), (1.0, 2.0)))
    found += _arms("rate_ratio", "events_poisson", arms.rates, ((2.0, 2.0), (1.0, 1.0)))
    for likelihood, counts in (("binomial", "persons"), ("events_poisson", "poisson"), ("events_negative_binomial", "negative_binomial")):
        found += _tables(likelihood, counts)
    return {case.name: case for case in found}
