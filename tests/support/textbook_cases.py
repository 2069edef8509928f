"""Analyses that meet every likelihood, structure and family of priors, for the textbook models."""

from __future__ import annotations

import bayes
from bayes.analysis.plan import make_plan
from bayes.priors.sets import PriorSet, load_priors
from support.paths import TESTS
from support.reports import FOLDED, PRIOR_OF, REPORTS
from support.trials import make_outcome

PERSONS, TABLE = REPORTS["events in persons"], REPORTS["ordinal"]
SELECTED = ("standardised_mean_difference", "higher", {"kind": "p_value", "p": 0.03, "favours": "treatment", "n": {"treatment": 60, "control": 70}})
CONTROL = {"baseline": {"at": "control"}}
STUDENT = {"baseline": {"at": "control", "ordinal": {"distribution": "student_t(3, 0, 2.5)"}, "binary": {"distribution": "student_t(4, 0, 2)"}}}
NORMAL = {"baseline": {"ordinal": {"distribution": "normal(0, 2)"}}}

# name: (report, likelihood, prior, prior set)
SINGLE = {name: (report, None, PRIOR_OF.get(name, "normal(0, 0.5)"), None) for name, report in {**REPORTS, **FOLDED}.items()}
SINGLE |= {
    "worst category apart": (TABLE, "partial_odds_worst", "normal(0, 0.5)", None),
    "drifting odds ratio": (TABLE, "partial_odds_linear", "normal(0, 0.5)", None),
    "some persons never": (PERSONS, "events_zero_inflated", "normal(0, 0.5)", None),
    "log-normal rates": (PERSONS, "events_lognormal", "normal(0, 0.5)", None),
    "ordinal, control arm": (TABLE, None, "normal(0, 0.5)", CONTROL),
    "ordinal, stated cutpoints": (TABLE, None, "student_t(4, 0, 0.5)", STUDENT),
    "ordinal cut, stated cutpoints": (REPORTS["ordinal cut"], None, "normal(0, 0.5)", NORMAL),
    "worst category apart, control arm": (TABLE, "partial_odds_worst", "normal(0, 0.5)", NORMAL),
    "binary OR, control arm": (REPORTS["binary OR"], None, "mixture(0.4*normal(0, 1), 0.6*student_t(4, 1, 1))", STUDENT),
    "events, control arm": (REPORTS["events"], None, "normal(0, 0.5)", CONTROL),
    "binary RD, uniform": (REPORTS["binary RD"], None, "uniform(-0.5, 0.5)", None),
    "binary RD, truncated": (REPORTS["binary RD"], None, "student_t(3, 0.1, 0.4)", None),
    "estimate RD, truncated mixture": (REPORTS["estimate RD"], None, "mixture(0.3*student_t(4, -0.2, 0.4), 0.7*normal(0.5, 1))", None),
    "proportion, uniform": (REPORTS["proportion"], None, "uniform(0.2, 0.95)", None),
}

POSITIVE = ("half_normal(0.3)", "half_cauchy(0.2)", "half_student_t(3, 0.2)", "lognormal(-1, 0.5)", "gamma(2, 4)", "inverse_gamma(3, 1)",
            "lomax(3, 0.5)", "uniform_shrinkage(0.4)", "log_student_t(5, -1, 0.5)", "uniform(0, 1)")  # fmt: skip
ESTIMATES = [{"measure": "odds_ratio", "benefit": "lower", "estimate": e, "se": s} for e, s in ((0.8, 0.2), (0.9, 0.3), (0.6, 0.25))]
COUNTS = {"measure": "odds_ratio", "benefit": "lower", "treatment": (9, 60), "control": (15, 62)}
ROWS = [
    {"soc": soc, "term": term, "treatment": {"persons": t}, "control": {"persons": c}}
    for soc, term, t, c in (("A", "a", 9, 3), ("A", "b", 7, 4), ("B", "c", 0, 4))
]
N = {"treatment": 60, "control": 55}


def events_table(dispersion: str):
    rows = [row | {arm: {"events": row[arm]["persons"]} for arm in ("treatment", "control")} for row in ROWS]
    evidence = {"kind": "adverse_events", "n": N, "rows": rows, "dispersion": dispersion}
    return make_outcome("rate_ratio", "lower", evidence)


def persons_table():
    return make_outcome("odds_ratio", "lower", {"kind": "adverse_events", "n": N, "rows": ROWS})


def of_estimates(**fields):
    several = [bayes.outcome(trial=f"trial_{i}", **e) for i, e in enumerate(ESTIMATES)]
    return bayes.synthesis_of([*several, bayes.outcome(trial="counts", **COUNTS)], label="Four trials", **fields)


def of_tables():
    """A full table, a cut, a partial proportional odds table and bare tests, of unequal numbers of categories."""
    return bayes.load_synthesis(TESTS / "files" / "three_trials.toml")


def analysis_of(target, prior="normal(0, 0.5)", priors=None, **more):
    chosen = PriorSet.model_validate(priors) if isinstance(priors, dict) else load_priors(priors or "default")
    return make_plan([target], chosen, [prior], **more).analyses[0]


def single(name: str):
    """The analysis of one report."""
    report, likelihood, prior, priors = SINGLE[name]
    return analysis_of(make_outcome(*report), prior, priors, likelihood=likelihood)


COVARIATE = {"covariate": {"label": "dose", "values": [1, 2, 4, 3], "distribution": "normal(0, 0.2)", "rationale": "r"}}
JOINED = {
    "random effects": lambda: analysis_of(of_estimates()),
    "tables and bare tests": lambda: analysis_of(of_tables(), "mixture(0.2*normal(0, 1), 0.8*normal(1, 1))"),
    "common effect": lambda: analysis_of(of_estimates(), model="common_effect"),
    "robust": lambda: analysis_of(of_estimates(), model="robust_random_effects"),
    "meta-regression": lambda: analysis_of(of_estimates(**COVARIATE), model="meta_regression"),
} | {f"tau ~ {tau}": (lambda tau=tau: analysis_of(of_estimates(), heterogeneity=tau)) for tau in POSITIVE}
ARMS = {
    "risks": lambda: analysis_of(make_outcome(*REPORTS["binary OR"]), "jeffreys", "arms"),
    "risk difference": lambda: analysis_of(
        make_outcome(*REPORTS["binary RD"]), "mine", {"arms": {"mine": {"treatment": "beta(1, 2)", "control": "mixture(0.5*beta(1, 1), 0.5*beta(3, 9))"}}}
    ),
    "rates": lambda: analysis_of(
        make_outcome(*REPORTS["events Poisson"]), "mine", {"arms": {"mine": {"treatment": "gamma(2, 2)", "control": "gamma(1, 1)"}}}
    ),
}
TABLES = {
    "berry": lambda: analysis_of(persons_table(), "berry", "adverse_events"),
    "c212": lambda: analysis_of(persons_table(), "c212", "adverse_events"),
    "no point mass": lambda: analysis_of(persons_table(), "no_point_mass", "adverse_events"),
    "events": lambda: analysis_of(events_table("negative_binomial"), "berry", "adverse_events"),
    "Poisson events": lambda: analysis_of(events_table("poisson"), "no_point_mass", "adverse_events"),
}
SELECTION = {
    "selected": lambda: analysis_of(make_outcome(*SELECTED, selection={"rationale": "singled out"}), omega=0.3),
}
SPIKES = {
    "spike": lambda: analysis_of(make_outcome(*REPORTS["binary OR"]), "spike_slab(0.3, normal(0, 0.7))"),
    "spike, estimate": lambda: analysis_of(make_outcome(*REPORTS["estimate"]), "spike_slab(0.5, mixture(0.5*normal(0, 0.3), 0.5*normal(-1, 0.2)))"),
}

# the cases that are sampled: every likelihood, every structure, a selection and a spike
SAMPLED = {
    name: (lambda name=name: single(name))
    for name in (
        "estimate", "estimate t", "ordinal", "worst category apart", "drifting odds ratio", "binary OR", "binary RR", "binary RD",
        "events in persons", "some persons never", "log-normal rates", "events", "events Poisson", "means SMD", "medians", "days free", "paired means", "paired counts", "censored counts", "p unknown",
        "significance unknown", "proportion",
    )
}  # fmt: skip
SAMPLED |= {name: JOINED[name] for name in ("random effects", "common effect", "robust", "meta-regression")}
SAMPLED |= {"risks": ARMS["risks"], "berry": TABLES["berry"]}
SAMPLED |= {**SELECTION, "spike": SPIKES["spike"]}
FILE_OF = dict.fromkeys(("common_effect", "robust_random_effects", "meta_regression"), "random_effects")


def drawn(analysis, chains: int = 2, draws: int = 60, seed: int = 4):
    """A fit as it is stored, with random parameters in place of the sampler's: the form of a posterior, at no cost."""
    from types import SimpleNamespace

    import numpy as np
    import pytensor
    from pytensor.graph.replace import vectorize_graph

    from bayes.analysis.curves import likelihood_curves
    from bayes.fitting.fitted import Fit, SynthesisFit
    from bayes.posterior.trees import to_tree
    from bayes.sampler import draws as sampler_draws
    from bayes.sampler import engine
    from support.graphs import graph_of

    record = SimpleNamespace(to_json=lambda: "{}")  # of nothing that was sampled
    if analysis.rows:
        fits = [drawn(alone, chains, draws, seed + i) for i, (_, alone) in enumerate(analysis.rows)]
        as_drawn = [sampler_draws.Order(0, 1)] * len(fits)
        table = sampler_draws.tabulate([name for name, _ in analysis.rows], [fit.tree["posterior"].to_dataset() for fit in fits], as_drawn)
        return Fit(to_tree(table, {}, None, record), analysis)
    curves = likelihood_curves(analysis) if analysis.joined_by else []
    graph = graph_of(analysis).make()
    outputs = graph.free_RVs + graph.deterministics
    many = {value: value.type.clone(shape=(chains * draws, *value.type.shape))(value.name) for value in graph.value_vars}
    at = pytensor.function(list(many.values()), vectorize_graph(graph.replace_rvs_by_values(outputs), many), on_unused_input="ignore")
    rng, start = np.random.default_rng(seed), graph.initial_point()
    points = at(**{k: 0.4 * rng.standard_normal((chains * draws, *np.shape(v))) for k, v in start.items()})
    raw = {v.name: values.reshape(chains, draws, *values.shape[1:]) for v, values in zip(outputs, points, strict=True)}
    raw = {name: values for name, values in raw.items() if not name.endswith("_raw")}
    log_likelihood = raw.pop("log_likelihood", None)
    if analysis.joined_by:
        log_likelihood = engine.of_reports(analysis, raw)
    elif analysis.formed.distribution.__class__.__name__ == "Distribution" and analysis.formed.distribution.spike:
        raw["effect"][:, ::3] = analysis.target.null
    posterior = sampler_draws.describe(analysis, raw, seed, curves)
    tree = to_tree(posterior, {"diverging": np.zeros((chains, draws), dtype=bool)}, log_likelihood, record)
    return (SynthesisFit if analysis.joined_by else Fit)(tree, analysis)
