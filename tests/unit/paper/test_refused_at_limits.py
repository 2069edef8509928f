"""What a report accepts ends at a number: the last that is accepted, and the first that is refused with its words."""

from copy import deepcopy

import pytest
from support.trials import make_outcome

from bayes.errors import InvalidInput

BINARY = {"kind": "binary", "treatment": {"events": 5, "n": 50}, "control": {"events": 9, "n": 52}}
EVENTS = {
    "kind": "events",
    "treatment": {"events": 9, "n": 50, "persons": 5, "exposure": 40},
    "control": {"events": 12, "n": 52, "persons": 8, "exposure": 44},
    "per": "patient-year",
}
EXPOSED = {"kind": "events", "treatment": {"events": 9, "exposure": 40}, "control": {"events": 12, "exposure": 44}}
PROPORTION = {"kind": "proportion", "events": 5, "n": 20, "goal": 0.7}
MEANS = {"kind": "means", "treatment": {"mean": 4, "sd": 2, "n": 20}, "control": {"mean": 3, "sd": 2.5, "n": 22}}
MEAN_CI = {"mean": 4, "ci": [3, 5], "n": 20}
GEOMETRIC = {
    "kind": "geometric_means",
    "treatment": {"geometric_mean": 41.2, "cv": 65, "n": 12},
    "control": {"geometric_mean": 55.0, "ci": [40, 75], "n": 14},
}
PAIRED = {"kind": "paired_means", "n": 12, "treatment": {"mean": 4, "sd": 2}, "control": {"mean": 3, "se": 0.5}, "correlation": 0.5}
PAIRS = {"kind": "paired_counts", "treatment_only": 3, "control_only": 8}
P = {"kind": "p_value", "p": 0.03, "favours": "treatment", "se": 0.3}
SAID = {"kind": "significance", "significant": True, "favours": "treatment", "se": 0.3}
ESTIMATE = {"kind": "estimate", "estimate": 0.75, "ci": [0.55, 1.02]}
SURVIVAL = {"kind": "survival", "time": "5 years", "treatment": {"percent": 80, "ci": [70, 88]}, "control": {"percent": 70, "se": 4}}
MEDIAN_SURVIVAL = {"kind": "median_survival", "unit": "months", "treatment": {"median": 20, "ci": [15, 26]}, "control": {"median": 16, "ci": [12, "not reached"]}}
RMST = {"kind": "rmst", "until": 36, "unit": "months", "treatment": {"mean": 27, "ci": [26, 28]}, "control": {"mean": 25, "se": 0.7}}
RATES = {"kind": "rates", "per": "year", "treatment": {"rate": 1.2, "ci": [0.9, 1.6]}, "control": {"rate": 1.8, "se": 0.2}}
PERCENTAGES = {"kind": "percentages", "treatment": {"percent": 20, "se": 4}, "control": {"percent": 30, "ci": [22, 39]}}
QUARTILES = {"median": 5, "quartiles": [3, 8], "n": 20}
MEDIANS = {"kind": "medians", "treatment": QUARTILES, "control": {"median": 6, "range": [1, 20], "n": 21}}
LEVELS = {"kind": "ordinal", "categories": ["good", "fair", "poor"], "treatment": [5, 8, 7], "control": [3, 8, 9]}
SHARES = LEVELS | {"unit": "percent", "treatment": [25, 40, 35], "control": [15, 40, 45], "n": {"treatment": 20, "control": 20}}
CUTS = {
    "kind": "ordinal_cut",
    "categories": ["a", "b", "c", "d"],
    "cuts": [
        {"at_most": "a", "treatment": {"events": 5, "n": 20}, "control": {"events": 3, "n": 20}},
        {"at_most": "c", "treatment": {"events": 12, "n": 20}, "control": {"events": 11, "n": 20}},
    ],
}
DAYS = {
    "kind": "days_free",
    "floor": 0,
    "maximum": 28,
    "treatment": {"median": 9, "quartiles": [0, 16], "n": 84},
    "control": {"median": 6, "quartiles": [0, 12], "n": 80},
}
TABLE = {
    "kind": "adverse_events",
    "n": {"treatment": 50, "control": 52},
    "rows": [
        {"term": "x", "soc": "s", "treatment": {"persons": 3}, "control": {"persons": 2}},
        {"term": "y", "soc": "s", "treatment": {"persons": 3}, "control": {"persons": 2}},
    ],
}
MEASURES = {
    "binary": "odds_ratio", "events": "rate_ratio", "proportion": "proportion", "means": "mean_difference", "geometric_means": "mean_ratio",
    "paired_means": "mean_difference", "paired_counts": "odds_ratio", "p_value": "hazard_ratio", "significance": "hazard_ratio",
    "estimate": "hazard_ratio", "survival": "hazard_ratio", "median_survival": "hazard_ratio", "rmst": "mean_difference",
    "rates": "rate_ratio", "percentages": "odds_ratio", "medians": "mean_difference", "ordinal": "common_odds_ratio",
    "ordinal_cut": "common_odds_ratio", "days_free": "common_odds_ratio", "adverse_events": "odds_ratio",
}  # fmt: skip


def changed(evidence, **places):
    """The evidence with values at dotted places; None takes a field away."""
    found = deepcopy(evidence)
    for place, value in places.items():
        *path, last = (int(part) if part.isdigit() else part for part in place.split("__"))
        at = found
        for part in path:
            at = at[part]
        if value is None and isinstance(at, dict):
            at.pop(last, None)
        else:
            at[last] = value
    return found


ACCEPTED = [
    changed(BINARY, treatment__events=0), changed(BINARY, treatment__events=50), changed(BINARY, control__n=9),
    changed(BINARY, treatment__events=None, treatment__percent=0), changed(BINARY, treatment__events=None, treatment__percent=100),
    EVENTS, EXPOSED, changed(EXPOSED, dispersion="poisson"), changed(EVENTS, treatment__persons=9), changed(EVENTS, treatment__events=0, treatment__persons=0),
    changed(EVENTS, treatment__events=300, treatment__persons=50), changed(EVENTS, control__events=8),
    changed(PROPORTION, events=20), changed(PROPORTION, events=0),
    changed(MEANS, treatment__n=2), changed(MEANS, treatment=MEAN_CI), changed(MEANS, treatment=MEAN_CI | {"mean": 3}), changed(MEANS, treatment=MEAN_CI | {"mean": 5}),
    changed(MEANS, values="change", baseline_correlation=0.99), changed(MEANS, values="change", baseline_correlation=-0.99),
    changed(MEANS, values="change", treatment__sd_final=3, control__sd_final=3),
    GEOMETRIC, changed(GEOMETRIC, treatment__n=2), changed(GEOMETRIC, control__geometric_mean=40), changed(GEOMETRIC, control__geometric_mean=75),
    changed(GEOMETRIC, treatment__cv=None, treatment__gsd=1.001),
    PAIRED, changed(PAIRED, n=2), changed(PAIRED, correlation=-0.99), changed(PAIRED, correlation=None, difference={"p": 0.99}),
    changed(PAIRED, correlation=None, difference={"p": "<0.05"}), changed(PAIRED, correlation=None, difference={"sd": 1}, control__mean=4),
    PAIRS, changed(PAIRS, treatment_only=0), changed(PAIRS, control_only=0, treatment_only=1),
    P, changed(P, p=1), changed(P, p=">0.05"), changed(P, p=0.5, sides=1), changed(P, test="chi2", df=1), changed(P, scale_sd="residual", rho=0), changed(P, scale_sd="residual", rho=0.99),
    changed(P, se=None, events=1), changed(P, se=None, events={"treatment": 1, "control": 1}), changed(P, se=None, n={"treatment": 5, "control": 5}, events=3),
    SAID, changed(SAID, alpha=0.99), changed(SAID, sides=1),
    ESTIMATE, changed(ESTIMATE, estimate=0.55), changed(ESTIMATE, estimate=1.02), changed(ESTIMATE, probability=0.99), changed(ESTIMATE, ci=None, p="<0.05"), changed(ESTIMATE, ci=None, se=0.1),
    changed(ESTIMATE, ci=["none", 1.02], level=0.51),
    SURVIVAL, changed(SURVIVAL, treatment__percent=70), changed(SURVIVAL, treatment__percent=88), changed(SURVIVAL, treatment__percent=99.9, treatment__ci=[99, 99.95]),
    MEDIAN_SURVIVAL, changed(MEDIAN_SURVIVAL, treatment__median=15), changed(MEDIAN_SURVIVAL, treatment__median=26),
    RMST, changed(RMST, treatment__mean=26), changed(RMST, treatment__mean=28), changed(RMST, until=27),
    RATES, PERCENTAGES, MEDIANS, changed(MEDIANS, treatment__n=4), changed(MEDIANS, treatment={"median": 5, "ci": [3, 8], "n": 20}),
    changed(MEDIANS, treatment__range=[1, 20]),
    LEVELS, changed(LEVELS, treatment=[5, 0, 0]), SHARES, changed(SHARES, treatment=[25, 40, 37]), changed(SHARES, treatment=[25, 40, 33]),
    CUTS, changed(CUTS, cuts__1__treatment__events=5), changed(CUTS, cuts__1__treatment__events=20), changed(CUTS, cuts__1__at_most="b"),
    DAYS, changed(DAYS, maximum=1000), changed(DAYS, treatment__percent_at_floor=0, treatment__quartiles=[1, 16]),
    TABLE, changed(TABLE, rows__0__treatment__persons=50), changed(TABLE, listed_above=99.9),
]  # fmt: skip
REFUSED = [
    (changed(BINARY, treatment__events=51), "51 events exceed n = 50 persons"),
    (changed(BINARY, treatment__n=0, treatment__events=0), "treatment.n"),
    (changed(BINARY, treatment__events=-1), "treatment.events"),
    (changed(BINARY, treatment__events=None, treatment__percent=100.1), "treatment.percent"),
    (changed(EXPOSED, dispersion="negative_binomial"), "requires n per arm"),
    (changed(EVENTS, treatment__n=None, treatment__persons=None), "n is stated for one arm only"),
    (changed(EVENTS, treatment__persons=None), "persons is stated for one arm only"),
    (changed(EVENTS, treatment__exposure=None), "exposure is stated for one arm only"),
    (changed(EVENTS, treatment__exposure=None, control__exposure=None), "exposure is not stated"),
    (changed(EXPOSED, treatment__exposure=None), "neither n nor exposure is stated"),
    (changed(EXPOSED, treatment__persons=1, control__persons=1), "`persons` requires n"),
    (changed(EVENTS, treatment__persons=51, treatment__events=60), "51 persons with an event exceed n = 50"),
    (changed(EVENTS, treatment__persons=10), "10 persons with an event, but only 9 events"),
    (changed(EVENTS, treatment__persons=0), "9 events, but 0 persons with an event"),
    (changed(PROPORTION, events=21), "21 events exceed n = 20 persons"),
    (changed(PROPORTION, goal=1), "goal"), (changed(PROPORTION, goal=0), "goal"),
    (changed(MEANS, treatment__n=1), "treatment.n"), (changed(MEANS, treatment__sd=0), "treatment.sd"),
    (changed(MEANS, treatment=MEAN_CI | {"mean": 2.99}), "excludes its own mean 2.99"),
    (changed(MEANS, treatment=MEAN_CI | {"mean": 5.01}), "the interval 3 to 5 excludes its own mean 5.01"),
    (changed(MEANS, treatment=MEAN_CI | {"ci": [5, 3], "sd": 2}), "accepted"),
    (changed(MEANS, treatment=MEAN_CI | {"se": 0.5}), "se and ci are both stated"),
    (changed(MEANS, treatment=MEAN_CI | {"sd": 2}), "sd is stated with ci"),
    (changed(MEANS, treatment={"mean": 4, "sd": 2, "se": 0.1, "n": 20}), "sd is stated with se"),
    (changed(MEANS, values="change", baseline_correlation=1), "baseline_correlation"), (changed(MEANS, values="change", baseline_correlation=-1), "baseline_correlation"),
    (changed(MEANS, values="final", baseline_correlation=0.5), 'require values = "change"'),
    (changed(MEANS, treatment__sd_final=3), "sd_final is stated for one arm"), (changed(MEANS, control__sd_final=3), "sd_final is stated for one arm"),
    (changed(MEANS, values="change", treatment__sd_final=3, control__sd_final=3, baseline_correlation=0.5), "say the same"),
    (changed(GEOMETRIC, treatment__n=1), "treatment.n"), (changed(GEOMETRIC, treatment__cv=None, treatment__gsd=1), "gsd"),
    (changed(GEOMETRIC, treatment__cv=None), "no spread stated"), (changed(GEOMETRIC, treatment__gsd=2), "cv and gsd stated; accepted: one of"),
    (changed(GEOMETRIC, control__geometric_mean=39.9), "the interval 40 to 75 excludes its own geometric mean 39.9"),
    (changed(GEOMETRIC, control__geometric_mean=75.1), "excludes its own geometric mean"),
    (changed(GEOMETRIC, control__ci=[0, 75]), "both above 0"), (changed(GEOMETRIC, control__ci=[55, 55]), "both above 0"),
    (changed(PAIRED, n=1), "evidence.n"), (changed(PAIRED, correlation=1), "correlation"), (changed(PAIRED, correlation=-1), "correlation"),
    (changed(PAIRED, correlation=None), "nothing says how the two results of a patient are related"),
    (changed(PAIRED, control__se=None), "a correlation requires sd"), (changed(PAIRED, control__sd=1), "sd and se are both stated"),
    (changed(PAIRED, correlation=None, difference={"p": 0.03}, control__mean=4), "does not imply a standard error if the means are equal"),
    (changed(PAIRED, correlation=None, difference={"p": 1}), "a p-value of 1"), (changed(PAIRED, correlation=None, difference={}), "nothing stated"),
    (changed(PAIRED, correlation=None, difference={"p": 0.03, "se": 1}), "se and p stated"),
    (changed(PAIRED, correlation=None, difference={"p": ">0.05"}), "leaves the standard error open"),
    (changed(PAIRS, treatment_only=0, control_only=0), "no patient had the event under one treatment only"),
    (changed(P, p=0), "evidence.p"), (changed(P, p=1.01), "evidence.p"), (changed(P, p=1, sides=1), "no finite test statistic"),
    (changed(P, p=">0.05", sides=1), "leaves the direction open"), (changed(P, sides=1, favours="unknown"), "a one-sided p-value has a direction"),
    (changed(P, test="chi2", df=2), "a chi-square test with 2 degrees of freedom has no direction"),
    (changed(P, rho=0.5), 'requires scale_sd = "residual"'), (changed(P, scale_sd="residual", rho=1), "rho"), (changed(P, scale_sd="residual", rho=-0.1), "rho"),
    (changed(P, se=None), "neither se, n nor events is stated"), (changed(P, se=None, events=0), "events"), (changed(P, sides=3), "sides"),
    (changed(SAID, alpha=0), "alpha"), (changed(SAID, alpha=1), "alpha"),
    (changed(ESTIMATE, estimate=0.549), "the interval 0.55 to 1.02 excludes its own estimate 0.549"), (changed(ESTIMATE, estimate=1.021), "excludes its own estimate"),
    (changed(ESTIMATE, ci=[0.75, 0.75]), "both limits are printed as 0.75"), (changed(ESTIMATE, ci=[1.02, 0.55]), "accepted: [low, high]"),
    (changed(ESTIMATE, ci=None), "nothing implies a standard error"), (changed(ESTIMATE, ci=None, p=">0.05"), "nothing implies a standard error"),
    (changed(ESTIMATE, ci=["<0.6", ">1"]), "no limit of this ci is a number"), (changed(ESTIMATE, ci=["none", "none"]), "ci has no limits; omit it"),
    (changed(ESTIMATE, ci=["none", 1.02], level=0.5), "on the wrong side"), (changed(ESTIMATE, ci=["none", 0.75]), "excludes its own estimate"),
    (changed(ESTIMATE, probability=0), "probability"), (changed(ESTIMATE, probability=1), "probability"), (changed(ESTIMATE, probability=1.5), "probability"), (changed(ESTIMATE, level=1), "level"),
    (changed(SURVIVAL, treatment__percent=69.9), "excludes its own percentage 69.9"), (changed(SURVIVAL, treatment__percent=88.1), "the interval 70 to 88 excludes"),
    (changed(SURVIVAL, treatment__ci=[0, 88]), "above 0 and below 100"), (changed(SURVIVAL, treatment__ci=[70, 100]), "above 0 and below 100"), (changed(SURVIVAL, treatment__ci=[80, 80]), "above 0 and below 100"),
    (changed(SURVIVAL, treatment__ci=None), "a percentage requires its interval"), (changed(SURVIVAL, control__percent=0), "percent"), (changed(SURVIVAL, control__percent=100), "percent"),
    (changed(MEDIAN_SURVIVAL, treatment__median=14.9), "the interval 15 to 26 excludes its own median 14.9"), (changed(MEDIAN_SURVIVAL, treatment__median=26.1), "excludes its own median"),
    (changed(MEDIAN_SURVIVAL, treatment__ci=[0, 26]), "both above 0"), (changed(MEDIAN_SURVIVAL, treatment__ci=[20, 20]), "both above 0"), (changed(MEDIAN_SURVIVAL, control__ci=[0, "not reached"]), "both above 0"),
    (changed(MEDIAN_SURVIVAL, control__median=12), "excludes its own median"), (changed(MEDIAN_SURVIVAL, treatment__ci=["not reached", 26]), "which only an upper limit can be"),
    (changed(MEDIAN_SURVIVAL, treatment__ci=None), "a median requires its interval"), (changed(MEDIAN_SURVIVAL, treatment__median="not reached"), "cannot be an estimate"),
    (changed(RMST, treatment__mean=25.9), "the interval 26 to 28 excludes its own mean 25.9"), (changed(RMST, treatment__mean=28.1), "excludes its own mean"), (changed(RMST, treatment__ci=[27, 27]), "both limits are printed as 27"),
    (changed(RMST, control__se=None), "a mean requires its interval"), (changed(RMST, until=26.9), "the mean of the treatment arm, 27, exceeds the 26.9 months"),
    (changed(MEDIANS, treatment__n=3), "treatment.n"), (changed(MEDIANS, treatment__quartiles=None), "a median alone has no precision"), (changed(MEDIANS, treatment__ci=[3, 8]), "accepted: one or the other"),
    (changed(MEDIANS, treatment__quartiles=[5, 8]), "must rise, without ties"), (changed(MEDIANS, treatment__range=[3, 20]), "must rise, without ties"), (changed(MEDIANS, treatment__quartiles=[6, 8]), "must rise"),
    (changed(MEDIANS, treatment={"median": 5, "ci": [3, 8], "n": 4, "level": 0.99}), "the 99% interval of a median of n = 4 reaches beyond the sample"),
    (changed(LEVELS, treatment=[5, 8]), "treatment has 2 counts for 3 categories"), (changed(LEVELS, treatment=[0, 0, 0]), "treatment has no patients"),
    (changed(LEVELS, treatment=[5, 8.5, 7]), "counts must be whole numbers"), (changed(LEVELS, categories=["good", "good", "poor"]), "categories repeat"),
    (changed(LEVELS, treatment=[5, 0, 0], control=[3, 0, 0]), "all patients are in one category"), (changed(SHARES, n=None), "n is missing"),
    (changed(SHARES, treatment=[25, 40, 38]), "treatment: percentages sum to 103; accepted: about 100"), (changed(SHARES, treatment=[25, 40, 32]), "treatment: percentages sum to 97"),
    (changed(CUTS, cuts__1__treatment__events=4), "counts at or below a cut cannot decrease"), (changed(CUTS, cuts__1__treatment__n=21), "must have the same n"),
    (changed(CUTS, cuts__1__at_most="a"), "cuts repeat or are not in order"), (changed(CUTS, cuts__0__at_most="c", cuts__1__at_most="a"), "cuts repeat or are not in order"),
    (changed(CUTS, cuts__1__at_most="d"), "accepted: a, b, c"), (changed(CUTS, cuts=[]), "cuts"),
    (changed(CUTS, cuts=[{"at_most": "a", "treatment": {"events": 20, "n": 20}, "control": {"events": 20, "n": 20}}]), "all patients are on one side"),
    (changed(TABLE, rows__0__treatment__persons=51), "row 's/x': 51 persons in treatment exceed n = 50"), (changed(TABLE, rows__0__control__persons=53), "53 persons in control exceed n = 52"),
    (changed(TABLE, rows__1__term="x"), "appears 2 times; each row must be unique"), (changed(TABLE, rows__1__treatment={"events": 3}, rows__1__control={"events": 3}), "mixes persons and events"),
    (changed(TABLE, per="year"), "only for one of events"), (changed(TABLE, exposure={"treatment": 5, "control": 5}), "only for one of events"),
    (changed(TABLE, listed_above=0), "listed_above"), (changed(TABLE, listed_above=100), "listed_above"), (changed(TABLE, rows=[]), "rows"),
    (changed(TABLE, rows__0__n={"treatment": 2, "control": 52}), "3 persons in treatment exceed n = 2"),
    (changed(DAYS, maximum=1001), "evidence.maximum"), (changed(DAYS, treatment__percent_at_floor=-0.5), "percent_at_floor"),
    (changed(DAYS, treatment__percent_at_floor=100.5), "percent_at_floor"),
    (changed(ESTIMATE, estimate=1.2, ci=[0.6, 1.4], printed_as="win_probability"), "ci is [1.5, 1.4]"),
    (changed(MEANS, treatment={"mean": 4, "se": -0.1, "n": 20}), "treatment.se"),
    (changed(MEANS, treatment=MEAN_CI | {"level": 1.5}), "treatment.level"),
    (changed(MEANS, treatment=MEAN_CI | {"ci": [3]}), "treatment.ci"), (changed(MEANS, treatment=MEAN_CI | {"ci": [3, 4, 5]}), "treatment.ci"),
]  # fmt: skip


@pytest.mark.parametrize("evidence", ACCEPTED, ids=lambda evidence: evidence["kind"])
def test_the_last_number_is_accepted(evidence):
    make_outcome(MEASURES[evidence["kind"]], "lower", evidence)


@pytest.mark.parametrize(("evidence", "said"), REFUSED, ids=lambda value: value["kind"] if isinstance(value, dict) else "")
def test_the_first_number_beyond_is_refused(evidence, said):
    with pytest.raises(InvalidInput) as caught:
        make_outcome(MEASURES[evidence["kind"]], "lower", evidence)
    assert said in str(caught.value)
