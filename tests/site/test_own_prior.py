"""The reader's own prior, answered in a real browser: the script's numbers against quadrature in Python."""

import json
from math import exp, log

import numpy as np
import pytest
from support.own_prior_page import KINDS, SYNTHESIS, opened, subject_named

from bayes import quadrature
from bayes.base import measures
from bayes.base.distributions import Distribution, parse
from bayes.report.own_prior import section
from bayes.sensitivity.subject import TAILS, Subject

TOLERANCE = 2e-5
PRIORS = 10


@pytest.fixture(scope="module")
def script(browser, tmp_path_factory):
    """A page with nothing but the script, to ask for numbers."""
    page = browser.new_page()
    opened(page, tmp_path_factory.mktemp("script"))
    yield page
    page.close()


def drawn_priors(subject: Subject, rng: np.random.Generator) -> list[Distribution]:
    """Ten priors of every shape that the page offers, from narrow to wide, on either side of no effect."""
    unit, null = subject.family.unit, subject.null

    def normal() -> str:
        mean, sd = null + unit * rng.uniform(-1, 1), unit * exp(rng.uniform(log(0.05), log(2)))
        return f"{mean:.12g}, {sd:.12g}"

    def beta() -> str:
        a, b = np.exp(rng.uniform(log(0.4), log(40), 2))
        return f"beta({a:.12g}, {b:.12g})"

    def mixture() -> str:
        weight = round(rng.uniform(0.05, 0.95), 3)
        return f"mixture({weight}*normal({normal()}), {1 - weight:.3f}*normal({normal()}))"

    if subject.family.shape == "beta":
        return [parse(beta()) for _ in range(PRIORS)]
    made = [f"normal({normal()})" for _ in range(4)]
    made += [f"student_t({rng.uniform(1.5, 12):.6g}, {normal()})" for _ in range(3)]
    return [parse(text) for text in [*made, *(mixture() for _ in range(3))]]


def expected(subject: Subject, prior: Distribution, mcid: float) -> dict[str, float | None]:
    """By `exact.tabled`; mean, sd and P(benefit) as `bayes fit` prints them beside its draws (`exact.integrate`)."""
    rope = [measures.to_analysis(limit, subject.target.measure) for limit in subject.target.rope_natural or ()]
    curve = quadrature.smoothed(subject.curve)  # the same to 2e-6 (test_tabled), and cheap
    fine = [(curve.centre, curve.width / 4)]  # a folded likelihood has two peaks, each narrower than the whole
    posterior = quadrature.table(curve, [subject.null, mcid, *rope], [*fine, *quadrature.spots_of(prior)]).under(prior)
    answer = quadrature.integrate(curve, prior, subject.null)
    good, bad = (answer.p_above_null, answer.p_below_null)[:: subject.sign]
    low, median, high = posterior.quantiles(TAILS)
    return {
        "mean": answer.mean,
        "sd": answer.sd,
        "median": median,
        "low": low,
        "high": high,
        "p_benefit": good,
        "p_harm": bad,
        "p_mcid": subject.beyond(posterior, mcid),
        "p_rope": posterior.above(rope[0]) - posterior.above(rope[1]) if rope else None,
    }


@pytest.mark.parametrize("name", [*KINDS, SYNTHESIS])
def test_the_browser_gives_the_numbers_of_quadrature(name, script):
    subject = subject_named(name)
    rng = np.random.default_rng(sum(map(ord, name)))
    priors = drawn_priors(subject, rng)
    reach = 0.5 * min(subject.null, 1 - subject.null) if subject.family.shape == "beta" else 0.4 * subject.family.unit
    mcids = [subject.null + subject.sign * rng.uniform(0.1, 1) * reach for _ in priors]
    data = section.embedded(subject)
    assert data["priors"][0]["expression"] == str(subject.prior)
    assert len(json.dumps(data, allow_nan=False)) < 30_000
    asked = [
        [section.movable(prior), {"mcid": subject.natural(mcid)}] for prior, mcid in zip(priors, mcids, strict=True)
    ]
    found = script.evaluate("([data, asked]) => asked.map(([p, t]) => ownPrior.posterior(data, p, t))", [data, asked])
    assert len(found) == PRIORS
    for prior, mcid, numbers in zip(priors, mcids, found, strict=True):
        scale = max(1.0, subject.family.unit)  # points of a mean difference
        for quantity, value in expected(subject, prior, mcid).items():
            # of a spread that hardly exists (t with 2 to 3 df, a likelihood that never falls) the far tail is cut off
            loose = quantity == "sd" and subject.curve.level_tails
            allowed = 5e-3 if loose else TOLERANCE * (1 if quantity.startswith("p_") else scale)
            assert numbers[quantity] == pytest.approx(value, abs=allowed), (str(prior), quantity)
