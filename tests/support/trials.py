"""Little trials, each with one report, and analyses of them; `support.reports` has a report of every kind."""

from __future__ import annotations

from bayes.analysis.plan import make_plan
from bayes.base.toml import validate
from bayes.paper.endpoint import Endpoint
from bayes.paper.trial import Outcome, Trial
from bayes.priors.sets import load_priors
from bayes.priors.tau import HeterogeneityPrior, OutcomeClass, form_heterogeneity
from support.browser import browser, page  # noqa: F401 (fixtures, for every test)


def trial_of(measure: str, benefit: str, evidence: dict, **more) -> dict:
    """A little trial called `example` with one outcome, as its file would be read."""
    outcome = {"label": "It", "measure": measure, "benefit": benefit, "source": "invented", "evidence": evidence}
    return {
        "id": "example",
        "title": "An example",
        "year": 2020,
        "condition": "none",
        "design": "invented",
        "arms": {"treatment": "new", "control": "old"},
        "n": {"treatment": 69, "control": 75},
        "outcomes": {"it": outcome | more},
    }


def make_outcome(measure: str, benefit: str, evidence: dict, **more) -> Outcome:
    """The outcome of that trial."""
    return validate(Trial, trial_of(measure, benefit, evidence, **more), "example.toml").outcomes["it"]


def make_estimate(value=0.75, low=0.55, high=1.02, measure="hazard_ratio", **more):
    """The outcome of a trial that prints an estimate with its interval, lower being better, with an MCID of 0.9."""
    evidence = {"kind": "estimate", "estimate": value, "ci": [low, high]} | more.pop("evidence", {})
    return make_outcome(measure, "lower", evidence, **{"mcid": {"value": 0.9, "rationale": "r"}} | more)


def make_analysis(outcome, prior: str):
    """One analysis under one prior of the default set, or an expression."""
    return make_plan([outcome], load_priors(), [prior]).analyses[0]


def endpoint(measure: str, **more) -> Endpoint:
    """Something that priors can be formed for, without evidence."""
    return Endpoint(label="l", measure=measure, benefit="higher", **more)


def formed(measure, setting=OutcomeClass(), sd_ref=None, **prior):  # noqa: B008 (frozen)
    """A prior of tau for a measure."""
    about = endpoint(measure) if sd_ref is None else endpoint(measure, sd_ref=sd_ref)
    return form_heterogeneity("it", HeterogeneityPrior(**prior), about, setting)
