"""Random reports that the package accepts, each with its brute-force oracle."""

from hashlib import sha256
from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, Phase, assume, given, settings
from scipy import stats

from bayes import quadrature
from bayes.errors import InvalidInput, NotFormable
from bayes.sensitivity.subject import Subject
from support.brute_force.posterior import Oracle
from support.strategies import KINDS
from support.trials import make_outcome

P = 3e-3  # of a probability: grids and splines of the brute force


PRIOR = {"standardised_mean_difference": "normal(0, 0.3)", "mean_difference": "normal(0, 5)", "proportion": "beta(3, 2)",
         "risk_difference": "normal(0, 0.1)"}  # fmt: skip


MCID = {"standardised_mean_difference": 0.3, "mean_difference": 3.0, "risk_difference": 0.05}


LAWS = {"normal": stats.norm, "beta": stats.beta}


def subject_of(report) -> Subject | None:
    """A subject under a prior of its scale; None where the report is refused."""
    measure, benefit, evidence = report
    size = MCID.get(measure, np.log(1.25))
    value = size if benefit == "higher" else -size
    if measure == "proportion":
        goal = float(evidence["goal"])
        value = goal + (1 - goal) / 3 if benefit == "higher" else goal * 2 / 3
    elif measure not in MCID:
        value = np.exp(value)
    try:
        outcome = make_outcome(*report, mcid={"value": round(float(value), 4), "rationale": "r"})
        return Subject.of(outcome, PRIOR.get(measure, "normal(0, 0.355)"))
    except (InvalidInput, NotFormable):
        return None


def oracle_of(subject: Subject) -> Oracle:
    outcome, evidence = subject.target, subject.target.evidence
    if evidence.kind in ("ordinal", "ordinal_cut"):
        assume(len(evidence.observed) > 1)
    numbers = {name: value for name, value in evidence.model_dump().items() if value is not None}
    if evidence.kind == "ordinal":
        numbers |= {arm: list(evidence.counts(arm)) for arm in ("treatment", "control")}
    return Oracle(outcome.measure, outcome.benefit, numbers, outcome.null)


def law(prior):
    return LAWS[prior.name](*prior.args)


COMPARABLE = [kind for kind in KINDS if kind != "adverse_events"]


def sources() -> str:
    """A hash of the package's files that these numbers rest on."""
    package = Path(quadrature.__file__).parents[1]
    files = sorted(file for folder in ("quadrature", "sensitivity") for file in (package / folder).glob("*.py"))
    return sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]


def on_random_reports(kind: str, count: int, *checks) -> None:
    """Every check of a subject and its oracle, on random reports of a kind that the package accepts."""

    @settings(
        max_examples=count,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],  # a failure is shown as it is: making it smaller would integrate it a hundred times
        suppress_health_check=list(HealthCheck),
    )
    @given(KINDS[kind])
    def run(report):
        subject = subject_of(report)
        assume(subject is not None)
        oracle = oracle_of(subject)
        for check in checks:
            check(subject, oracle)

    run()
