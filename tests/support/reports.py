"""One report of every kind and measure, small enough to be fitted in a test, and the priors that suit them."""

SHARES = {"shares": [0.02, 0.06, 0.12, 0.17, 0.36, 0.20, 0.07], "source": "the project's own assumption"}


# one report of every kind and measure that a likelihood reads, small enough to be fitted in a test
REPORTS = {
    "estimate": ("rate_ratio", "lower", {"kind": "estimate", "estimate": 0.94, "ci": [0.58, 1.5]}),
    "estimate t": (
        "rate_ratio",
        "lower",
        {"kind": "estimate", "estimate": 0.94, "ci": [0.58, 1.5], "df": 7},
    ),
    "estimate RD": ("risk_difference", "lower", {"kind": "estimate", "estimate": -0.05, "ci": [-0.45, 0.35]}),
    "geometric means": (
        "mean_ratio",
        "lower",
        {
            "kind": "geometric_means",
            "treatment": {"geometric_mean": 41.2, "cv": 65, "n": 12},
            "control": {"geometric_mean": 55.0, "cv": 71, "n": 14},
        },
    ),
    "survival": (
        "hazard_ratio",
        "lower",
        {
            "kind": "survival",
            "time": "60 months",
            "treatment": {"percent": 86.6, "ci": [84.0, 88.8]},
            "control": {"percent": 81.7, "ci": [77.5, 85.2]},
        },
    ),
    "median survival": (
        "mean_ratio",
        "higher",
        {
            "kind": "median_survival",
            "unit": "months",
            "treatment": {"median": 22.1, "ci": [19.4, 25.0]},
            "control": {"median": 18.3, "ci": [16.0, 20.7]},
        },
    ),
    "rmst": (
        "mean_difference",
        "higher",
        {
            "kind": "rmst",
            "until": 36,
            "unit": "months",
            "treatment": {"mean": 27.4, "ci": [26.1, 28.7], "n": 160},
            "control": {"mean": 25.0, "se": 0.71, "n": 158},
        },
    ),
    "digitised curve": (
        "hazard_ratio",
        "lower",
        {
            "kind": "digitised_curve",
            "unit": "months",
            "treatment": {
                "times": [0, 2, 4, 6, 9, 12, 15, 18, 21, 24],
                "survival": [100, 97.5, 95, 90, 85, 79, 76, 73, 70, 70],
                "at_risk_times": [0, 6, 12, 18, 24],
                "at_risk": [40, 35, 29, 21, 12],
            },
            "control": {
                "times": [0, 2, 4, 6, 9, 12, 15, 18, 21, 24],
                "survival": [100, 95, 90, 84, 77, 71, 65, 61, 57, 53],
                "at_risk_times": [0, 6, 12, 18, 24],
                "at_risk": [40, 33, 26, 18, 9],
            },
        },
    ),
    "rates": (
        "rate_ratio",
        "lower",
        {
            "kind": "rates",
            "per": "patient",
            "treatment": {"rate": 3.1, "ci": [1.1, 8.8]},
            "control": {"rate": 12.3, "ci": [4.4, 34.5]},
        },
    ),
    "percentages": (
        "odds_ratio",
        "lower",
        {
            "kind": "percentages",
            "treatment": {"percent": 24.3, "ci": [20.1, 28.9]},
            "control": {"percent": 31.0, "se": 2.5},
        },
    ),
    "log rank": ("hazard_ratio", "lower", {"kind": "log_rank", "o_minus_e": -9.2, "variance": 21.3}),
    "ordinal": (
        "common_odds_ratio",
        "higher",
        {
            "kind": "ordinal",
            "categories": list("0123456"),
            "treatment": [5, 9, 20, 15, 31, 18, 6],
            "control": [3, 8, 12, 17, 39, 20, 3],
        },
    ),
    "ordinal cut": (
        "common_odds_ratio",
        "higher",
        {
            "kind": "ordinal_cut",
            "categories": list("0123456"),
            "cuts": [
                {"at_most": "1", "treatment": {"events": 14, "n": 97}, "control": {"events": 11, "n": 95}},
                {"at_most": "2", "treatment": {"events": 34, "n": 97}, "control": {"events": 23, "n": 95}},
            ],
        },
    ),
    "binary OR": (
        "odds_ratio",
        "lower",
        {"kind": "binary", "treatment": {"events": 0, "n": 69}, "control": {"events": 7, "n": 75}},
    ),
    "binary RR": (
        "risk_ratio",
        "lower",
        {"kind": "binary", "treatment": {"events": 20, "n": 20}, "control": {"events": 18, "n": 20}},
    ),
    "binary RD": (
        "risk_difference",
        "lower",
        {"kind": "binary", "treatment": {"events": 3, "n": 20}, "control": {"events": 6, "n": 25}},
    ),
    "events in persons": (
        "rate_ratio",
        "lower",
        {
            "kind": "events",
            "treatment": {"events": 93, "persons": 35, "n": 69},
            "control": {"events": 120, "persons": 42, "n": 75},
        },
    ),
    "events": (
        "rate_ratio",
        "lower",
        {"kind": "events", "treatment": {"events": 16, "n": 16}, "control": {"events": 24, "n": 15}},
    ),
    "events Poisson": (
        "rate_ratio",
        "lower",
        {
            "kind": "events",
            "dispersion": "poisson",
            "treatment": {"events": 16, "n": 16},
            "control": {"events": 24, "n": 15},
        },
    ),
    "means": (
        "mean_difference",
        "higher",
        {
            "kind": "means",
            "treatment": {"mean": 14.8, "sd": 23.8, "n": 39},
            "control": {"mean": 2.6, "sd": 13.0, "n": 15},
        },
    ),
    "means SMD": (
        "standardised_mean_difference",
        "higher",
        {
            "kind": "means",
            "treatment": {"mean": 14.8, "sd": 23.8, "n": 39},
            "control": {"mean": 2.6, "sd": 13.0, "n": 15},
        },
    ),
    "medians": (
        "mean_ratio",
        "lower",
        {
            "kind": "medians",
            "treatment": {"median": 9, "quartiles": [5, 16], "n": 84},
            "control": {"median": 12, "quartiles": [7, 20], "range": [1, 71], "n": 80},
        },
    ),
    "paired means": (
        "mean_difference",
        "higher",
        {
            "kind": "paired_means",
            "n": 12,
            "treatment": {"mean": 5.3, "sd": 2.5},
            "control": {"mean": 4.1, "sd": 2.2},
            "correlation": 0.6,
        },
    ),
    "paired means SMD": (
        "standardised_mean_difference",
        "higher",
        {
            "kind": "paired_means",
            "n": 12,
            "treatment": {"mean": 5.3, "sd": 2.5},
            "control": {"mean": 4.1, "sd": 2.2},
            "difference": {"sd": 2.1},
        },
    ),
    "paired counts": (
        "odds_ratio",
        "lower",
        {"kind": "paired_counts", "treatment_only": 2, "control_only": 9, "both": 8, "neither": 25},
    ),
    "censored counts": (
        "odds_ratio",
        "lower",
        {"kind": "censored_counts", "treatment": {"at_most": 3, "n": 69}, "control": {"events": 9, "n": 75}},
    ),
    "days free": (
        "common_odds_ratio",
        "higher",
        {
            "kind": "days_free",
            "maximum": 28,
            "floor": -1,
            "treatment": {"median": 14, "quartiles": [-1, 24], "at_floor": 40, "n": 150},
            "control": {"median": 11, "quartiles": [-1, 23], "n": 148},
        },
    ),
    "p known": (
        "common_odds_ratio",
        "higher",
        {
            "kind": "p_value",
            "p": 0.732,
            "favours": "treatment",
            "n": {"treatment": 39, "control": 15},
            "reference": SHARES,
        },
    ),
    "p small sample": (
        "standardised_mean_difference",
        "higher",
        {"kind": "p_value", "p": 0.028, "favours": "treatment", "n": {"treatment": 16, "control": 15}},
    ),
    "p t": ("odds_ratio", "lower", {"kind": "p_value", "p": 0.04, "favours": "treatment", "se": 0.4, "df": 9}),
    "p below": (
        "standardised_mean_difference",
        "higher",
        {"kind": "p_value", "p": "<0.01", "favours": "control", "n": {"treatment": 60, "control": 70}},
    ),
    "significant": (
        "standardised_mean_difference",
        "higher",
        {"kind": "significance", "significant": True, "favours": "treatment", "n": {"treatment": 31, "control": 13}},
    ),
    "not significant": (
        "common_odds_ratio",
        "higher",
        {
            "kind": "significance",
            "significant": False,
            "favours": "treatment",
            "n": {"treatment": 16, "control": 15},
            "reference": SHARES,
        },
    ),
    "proportion": ("proportion", "higher", {"kind": "proportion", "events": 16, "n": 20, "goal": 0.7}),
}


FOLDED = {
    "p unknown": (
        "common_odds_ratio",
        "higher",
        {
            "kind": "p_value",
            "p": 0.732,
            "favours": "unknown",
            "n": {"treatment": 39, "control": 15},
            "reference": SHARES,
        },
    ),
    "p unknown far": (
        "standardised_mean_difference",
        "higher",
        {"kind": "p_value", "p": 0.004, "favours": "unknown", "n": {"treatment": 16, "control": 15}},
    ),
    "significance unknown": (
        "standardised_mean_difference",
        "higher",
        {"kind": "significance", "significant": True, "favours": "unknown", "n": {"treatment": 16, "control": 15}},
    ),
}


# likelihoods that are nobody's default: each is met by a report in test_alternatives
ALTERNATIVES = ("partial_odds_worst", "partial_odds_linear", "events_zero_inflated", "events_lognormal")


PRIOR_OF = {
    "estimate RD": "normal(0, 0.5)",
    "binary RD": "normal(0, 0.2)",
    "means": "normal(0, 4)",
    "rmst": "normal(0, 4)",
    "paired means": "normal(0, 1)",
    "proportion": "beta(2, 2)",
}
