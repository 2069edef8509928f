"""Reports as a paper might print them: evidence of every kind, valid or nearly so, for hypothesis.

Every strategy gives (measure, benefit, evidence) as a TOML file would: numbers keep their digits, and now and then
something is wrong. Numbers are modest, because a test has to integrate them.
"""

from __future__ import annotations

from decimal import Decimal
from math import exp, log

import numpy as np
from hypothesis import strategies as st

from bayes.base import measures
from support.reports import SHARES

ARMS = ("treatment", "control")
RATIOS = ("odds_ratio", "common_odds_ratio", "risk_ratio", "rate_ratio", "hazard_ratio", "mean_ratio")
DIFFERENCES = ("mean_difference", "standardised_mean_difference", "risk_difference")

benefit = st.sampled_from(["higher", "lower"])
rarely = st.integers(0, 9).map(lambda i: i == 9)  # a mistake, now and then
size = st.integers(1, 300)


def printed(low: str, high: str, digits: int):
    """A number from low to high with so many digits after the point."""
    unit = Decimal(10) ** digits
    return st.integers(int(Decimal(low) * unit), int(Decimal(high) * unit)).map(lambda i: Decimal(i).scaleb(-digits))


def rounded(value: float, digits: int) -> Decimal:
    return Decimal(f"{value:.{digits}f}")


def both(draw, make) -> dict:
    """One draw per arm."""
    return {arm: make(draw, arm) for arm in ARMS}


@st.composite
def ordinal(draw):
    """Counts, some empty in one arm or in both; or percentages of n, printed to 0 or 1 digits."""
    k = draw(st.integers(2, 4))
    filled = draw(st.lists(st.integers(0, 5).map(bool), min_size=k, max_size=k))
    cell = st.one_of(st.integers(0, 3), st.integers(0, 60))
    counts = both(draw, lambda d, _: [d(cell) if full else 0 for full in filled])
    evidence = {"kind": "ordinal", "categories": [str(i) for i in range(k)], **counts}
    if draw(rarely):
        evidence["control"] = evidence["control"][:-1]
    if draw(st.booleans()):
        digits = draw(st.integers(0, 1))
        n = {arm: max(sum(v), 1) for arm, v in counts.items()}
        shares = {arm: [rounded(100 * x / n[arm], digits) for x in evidence[arm]] for arm in ARMS}
        evidence |= shares | {"unit": "percent"} | ({} if draw(rarely) else {"n": n})
    return "common_odds_ratio", draw(benefit), evidence


@st.composite
def ordinal_cut(draw):
    """One to three dichotomies of the same patients."""
    places = sorted(draw(st.sets(st.integers(0, 5), min_size=1, max_size=3)))
    n = both(draw, lambda d, _: d(size))
    upto = both(draw, lambda d, arm: sorted(d(st.integers(0, n[arm])) for _ in places))
    if draw(rarely):
        upto["control"].reverse()
    cuts = [
        {"at_most": str(place), **{arm: {"events": upto[arm][i], "n": n[arm]} for arm in ARMS}}
        for i, place in enumerate(places)
    ]
    if draw(rarely):
        cuts[0]["at_most"] = "6"
    return "common_odds_ratio", draw(benefit), {"kind": "ordinal_cut", "categories": list("0123456"), "cuts": cuts}


def _persons(draw, _arm: str = "") -> dict:
    n = draw(size)
    events = draw(st.one_of(st.sampled_from([0, n]), st.integers(0, n + draw(rarely))))
    digits = draw(st.sampled_from([None, None, 0, 1]))
    if digits is None:
        return {"events": events, "n": n}
    return {"percent": rounded(100 * events / n, digits), "n": n} | ({"events": events} if draw(rarely) else {})


@st.composite
def binary(draw):
    """Persons with the event: counts with none or all of an arm, and percentages."""
    measure = draw(st.sampled_from(["odds_ratio", "risk_ratio", "risk_difference"]))
    return measure, draw(benefit), {"kind": "binary", **both(draw, _persons)}


@st.composite
def events(draw):
    """Event totals, with and without the persons who had them, and person-time; or rates over exposure alone."""
    with_persons, with_time = draw(st.booleans()), draw(st.booleans())
    with_n = with_persons or not with_time or draw(st.booleans())

    def arm(d, _) -> dict:
        n = d(st.integers(1, 60))
        total = d(st.one_of(st.just(0), st.integers(0, 120)))
        made = {"events": total} | ({"n": n} if with_n else {})
        if with_persons:
            made["persons"] = d(st.integers(min(total, 1), min(n, total) + d(rarely)))
        if with_time:
            made["exposure"] = d(printed("0.5", "300", 1))
        return made

    evidence = {"kind": "events", **both(draw, arm)}
    if with_n:
        evidence |= {"dispersion": draw(st.sampled_from(["negative_binomial", "negative_binomial", "poisson"]))}
    if with_time or draw(rarely):
        evidence["per"] = "person-year"
    if draw(rarely):
        evidence["control"].pop("persons", None)
    return "rate_ratio", draw(benefit), evidence


@st.composite
def means(draw):
    """Mean, standard deviation and n."""

    def arm(d, _) -> dict:
        return {
            "mean": d(printed("-20", "20", 1)),
            "sd": d(printed("0" if d(rarely) else "1", "30", 1)),
            "n": d(st.integers(1 if d(rarely) else 2, 300)),
        }

    measure = draw(st.sampled_from(["mean_difference", "standardised_mean_difference"]))
    return measure, draw(benefit), {"kind": "means", **both(draw, arm)}


@st.composite
def estimate(draw):
    """The paper's own effect with an interval, a standard error or a p-value; either way round."""
    measure = draw(st.sampled_from(RATIOS + DIFFERENCES))
    is_log, digits = measures.is_log(measure), draw(st.integers(1, 3))
    if is_log:
        centre = draw(printed("0.15", "6", max(digits, 2)))
    else:
        reach = {"mean_difference": "30", "standardised_mean_difference": "2", "risk_difference": "0.9"}[measure]
        centre = draw(printed(f"-{reach}", reach, digits))
    s = draw(st.floats(0.05, 1.5)) * {"mean_difference": 10, "risk_difference": 0.2}.get(measure, 1)
    evidence = {"kind": "estimate", "estimate": centre}
    if draw(st.booleans()):
        evidence["df"] = draw(st.integers(2, 200))
    report = draw(st.sampled_from(["ci", "ci", "se", "p"]))
    if report == "ci":
        level = draw(st.sampled_from(["0.9", "0.95", "0.99"]))
        half = s * measures.ci_quantile(float(level), evidence.get("df"))
        low, high = (
            exp(log(centre) + move) if is_log else float(centre) + move for move in (-half, half)
        )  # rounding may close an interval, or put a limit of a ratio on 0
        evidence |= {"ci": [rounded(low, digits), rounded(high, digits)]}
        if level != "0.95":
            evidence["level"] = Decimal(level)
        if draw(rarely):
            evidence["ci"].reverse()
    elif report == "se":
        evidence["se"] = rounded(s, 3)
    else:
        evidence["p"] = draw(
            st.one_of(printed("0.001", "0.999", 3), st.just("<0.05") if draw(rarely) else st.nothing())
        )
    if draw(st.booleans()):
        evidence["compares"] = draw(st.sampled_from(["treatment_vs_control", "control_vs_treatment"]))
    return measure, draw(benefit), evidence


def _bare(draw) -> tuple[str, dict]:
    """What a p-value and a statement of significance share: direction, and a standard error or what implies one."""
    how = draw(st.sampled_from(["se", "small", "large", "reference"]))
    evidence = {"favours": draw(st.sampled_from(["treatment", "control", "unknown"]))}
    if how == "se":
        measure = draw(st.sampled_from(RATIOS + DIFFERENCES))
        factor = {"mean_difference": 10, "risk_difference": Decimal("0.1")}.get(measure, 1)
        evidence["se"] = draw(printed("0.05", "1", 2)) * factor
    else:
        measure = "common_odds_ratio" if how == "reference" else "standardised_mean_difference"
        n = st.integers(51, 300) if how == "large" else st.integers(2, 50)
        evidence["n"] = both(draw, lambda d, _: d(n))
        if how == "reference" and not draw(rarely):
            evidence["reference"] = SHARES
    if draw(st.integers(0, 3)) == 0:
        evidence["df"] = draw(st.integers(2, 200))
    sides = draw(st.sampled_from([None, 1, 2]))
    # an unknown direction from one side is a mistake: rarely made
    if sides == 2 or (sides == 1 and (evidence["favours"] != "unknown" or draw(rarely))):
        evidence["sides"] = sides
    return measure, evidence


@st.composite
def p_value(draw):
    """Nothing but a p-value, or a bound of one."""
    measure, evidence = _bare(draw)
    p = draw(st.one_of(printed("0.001", "1", 3), st.sampled_from(["<0.001", "<0.01", "< 0.05"])))
    return measure, draw(benefit), {"kind": "p_value", "p": p} | evidence


@st.composite
def significance(draw):
    """Nothing but "p < 0.05" or "no significant difference"."""
    measure, evidence = _bare(draw)
    evidence |= {"kind": "significance", "significant": draw(st.booleans())}
    if draw(st.booleans()):
        evidence["alpha"] = draw(st.sampled_from([Decimal("0.01"), Decimal("0.05"), Decimal("0.1")]))
    return measure, draw(benefit), evidence


@st.composite
def proportion(draw):
    """One arm against a goal."""
    n = draw(size)
    evidence = {"kind": "proportion", "n": n, "events": draw(st.integers(0, n + draw(rarely)))}
    return "proportion", draw(benefit), evidence | {"goal": draw(printed("0.05", "0.95", 2))}


@st.composite
def adverse_events(draw):
    """One to four rows of a safety table, all persons or all events."""
    counted = draw(st.sampled_from(["persons", "events"]))
    n = both(draw, lambda d, _: d(st.integers(1, 80)))
    terms = draw(st.lists(st.integers(0, 60), min_size=1, max_size=4, unique=not draw(rarely)))

    def count(d, arm) -> dict:
        most = n[arm] + d(rarely) if counted == "persons" else 40
        return {counted: d(st.one_of(st.just(0), st.integers(0, most)))}

    rows = [{"soc": f"Class {t % 2}", "term": f"term {t}", **both(draw, count)} for t in terms]
    evidence = {"kind": "adverse_events", "n": n, "rows": rows}
    if counted == "events" and draw(st.booleans()):
        evidence["exposure"] = both(draw, lambda d, _: d(printed("1", "200", 1)))
    measure = "odds_ratio" if (counted == "persons") != draw(rarely) else "rate_ratio"
    return measure, draw(benefit), evidence


KINDS = {
    "ordinal": ordinal(),
    "ordinal_cut": ordinal_cut(),
    "binary": binary(),
    "events": events(),
    "means": means(),
    "estimate": estimate(),
    "p_value": p_value(),
    "significance": significance(),
    "proportion": proportion(),
    "adverse_events": adverse_events(),
}


def mirrored(report: tuple[str, str, dict]) -> tuple[str, str, dict]:
    """The same report with the arms swapped."""
    measure, good, evidence = report
    evidence = _swapped(evidence)
    if "favours" in evidence:
        evidence["favours"] = {"treatment": "control", "control": "treatment"}.get(evidence["favours"], "unknown")
    if evidence["kind"] == "estimate":

        def turn(x):
            return Decimal(f"{1 / x:.14g}") if measures.is_log(measure) else -x  # at most 15 digits are accepted

        evidence["estimate"] = turn(evidence["estimate"])
        if "ci" in evidence:
            evidence["ci"] = [turn(x) for x in reversed(evidence["ci"])]
    return measure, good, evidence


def _swapped(value):
    if isinstance(value, list):
        return [_swapped(v) for v in value]
    if not isinstance(value, dict):
        return value
    if set(ARMS) <= value.keys():
        value = value | {"treatment": value["control"], "control": value["treatment"]}
    return {key: _swapped(v) for key, v in value.items()}


def simulated(kind: str, seed: int) -> tuple[str, str, dict]:
    """A report of one structure (the same likelihood and the same shapes for every seed), drawn by NumPy."""
    rng = np.random.default_rng(seed)
    n = {arm: int(rng.integers(15, 90)) for arm in ARMS}
    theta = rng.normal(0, 0.6)
    moved = {arm: sign * theta / 2 for arm, sign in zip(ARMS, (1, -1), strict=True)}

    def persons(base: float) -> dict:
        return {a: {"events": int(rng.binomial(n[a], 1 / (1 + exp(-base - moved[a])))), "n": n[a]} for a in ARMS}

    def totals() -> dict:
        each = {a: rng.poisson(rng.gamma(0.8, exp(moved[a]) / 0.8, n[a])) for a in ARMS}
        return {a: {"events": int(x.sum()), "persons": int((x > 0).sum()), "n": n[a]} for a, x in each.items()}

    if kind == "ordinal":
        share = rng.dirichlet(np.full(7, 5.0))
        table = {a: (1 + rng.multinomial(n[a] - 7, share)).tolist() for a in ARMS}  # no category stays empty
        return "common_odds_ratio", "higher", {"kind": "ordinal", "categories": list("0123456"), **table}
    if kind == "ordinal_cut":
        below = {a: rng.multinomial(n[a] - 3, rng.dirichlet(np.full(3, 4.0))) + 1 for a in ARMS}
        cuts = [
            {"at_most": at, **{a: {"events": int(below[a][: i + 1].sum()), "n": n[a]} for a in ARMS}}
            for i, at in enumerate("13")
        ]
        return "common_odds_ratio", "higher", {"kind": "ordinal_cut", "categories": list("0123456"), "cuts": cuts}
    if kind in ("odds_ratio", "risk_ratio", "risk_difference"):
        return kind, "lower", {"kind": "binary", **persons(rng.normal(-1, 1))}
    if kind == "events in persons":
        return "rate_ratio", "lower", {"kind": "events", **totals()}
    if kind in ("negative_binomial", "poisson"):
        alone = {a: {"events": x["events"], "n": x["n"]} for a, x in totals().items()}
        return "rate_ratio", "lower", {"kind": "events", "dispersion": kind, **alone}
    if kind == "means":
        arms = {
            a: {"mean": round(rng.normal(4 * moved[a], 1), 1), "sd": round(rng.uniform(3, 9), 1), "n": n[a]}
            for a in ARMS
        }
        return "mean_difference", "higher", {"kind": "means", **arms}
    if kind == "estimate":
        evidence = {"kind": "estimate", "estimate": round(exp(theta), 2), "se": round(rng.uniform(0.1, 0.6), 2)}
        return "hazard_ratio", "lower", evidence
    if kind == "proportion":
        return (
            "proportion",
            "higher",
            {"kind": "proportion", "events": int(rng.binomial(40, 0.6)), "n": 40, "goal": 0.5},
        )
    bare = {"favours": str(rng.choice(["treatment", "control", "unknown"])), "kind": "p_value"}
    bare["p"] = round(rng.uniform(0.002, 1), 3)
    if kind == "p_value":
        return "odds_ratio", "lower", bare | {"se": round(rng.uniform(0.1, 0.6), 2)}
    small = {a: int(rng.integers(5, 40)) for a in ARMS}
    return "standardised_mean_difference", "higher", bare | {"n": small}


SIMULATED = {  # and the prior that each is met by
    "ordinal": "normal(0, 0.5)",
    "ordinal_cut": "normal(0, 0.5)",
    "odds_ratio": "normal(0, 0.5)",
    "risk_ratio": "normal(0, 0.5)",
    "risk_difference": "normal(0, 0.2)",
    "events in persons": "normal(0, 0.5)",
    "negative_binomial": "normal(0, 0.5)",
    "poisson": "normal(0, 0.5)",
    "means": "normal(0, 4)",
    "estimate": "normal(0, 0.5)",
    "proportion": "beta(2, 2)",
    "p_value": "normal(0, 0.5)",
    "p small sample": "normal(0, 0.5)",
}
