"""The tipping weight of a robust prior, against what tipmap prints: three trials in adults, one in children.

Mean differences 1.16 (0.46), 1.43 (0.35) and 1.59 (0.28); in children 1.02 (1.4). tipmap's introduction (version 0.5)
writes its MAP prior as the mixture below, makes it robust with N(0, 5.42), and needs a weight of 0.51 for 95%.
"""

from functools import cached_property

import numpy as np
import pytest
from scipy import stats
from support.trials import make_outcome

from bayes import quadrature
from bayes.analysis.curves import likelihood_curves, plane_of_synthesis
from bayes.analysis.plan import make_plan
from bayes.priors.sets import load_priors
from bayes.sensitivity.informative_weight import tipping_weight
from bayes.sensitivity.subject import Subject
from bayes.sensitivity.tipping_points import tipping_rows

ADULTS = {"adult1": (1.16, 0.46), "adult2": (1.43, 0.35), "adult3": (1.59, 0.28)}
PRINTED = "0.7717324*normal(1.4522222, 0.2508704), 0.2282676*normal(1.3625788, 0.5793548)"
TRIAL = """id = "{name}"
title = "{name}"
year = 2020
condition = "c"
design = "d"
arms = {{ treatment = "a", control = "b" }}
n = {{ treatment = 80, control = 80 }}
[outcomes.score]
label = "Score"
measure = "mean_difference"
benefit = "higher"
source = "tipmap"
sd_ref = 2.71
evidence = {{ kind = "estimate", estimate = {y}, se = {s} }}
"""
SYNTHESIS = """id = "adults"
label = "Adults"
measure = "mean_difference"
benefit = "higher"
outcomes = ["adult1.toml:score", "adult2.toml:score", "adult3.toml:score"]
heterogeneity = { distribution = "half_normal(0.33875)", rationale = "as in the source" }
sd_ref = 2.71
"""
SET = f"""[effect.map38]
rule = "map"
synthesis = "adults.toml"
initial = "normal(0, 5.42)"
robust = 0.62
[effect.wide]
rule = "map"
synthesis = "adults.toml"
initial = "normal(0, 5.42)"
robust = 0.62
robust_component = "normal(0, 9)"
[effect.printed]
distribution = "mixture(0.293258*normal(1.4522222, 0.2508704), 0.086742*normal(1.3625788, 0.5793548), 0.62*normal(0, 5.42))"
[effect.informative]
distribution = "mixture({PRINTED})"
[effect.vague]
distribution = "normal(0, 5.42)"
"""
TARGETS = (0.8, 0.9, 0.95, 0.975)
TIPS = dict(zip(TARGETS, (0.05090, 0.27354, 0.50934, 0.70825), strict=True))  # by hand, below


def child(**more):
    evidence = {"kind": "estimate", "estimate": 1.02, "se": 1.4}
    return make_outcome("mean_difference", "higher", evidence, sd_ref=2.71, **more)


@pytest.fixture(scope="module")
def priors(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tipmap")
    for name, (y, s) in ADULTS.items():
        (folder / f"{name}.toml").write_text(TRIAL.format(name=name, y=y, s=s))
    (folder / "adults.toml").write_text(SYNTHESIS)
    (folder / "borrow.toml").write_text(SET)
    return load_priors(folder / "borrow.toml")


def weights(outcome, prior, priors, probability="p_benefit"):
    """Weights by the name of the prior and the target."""
    rows = tipping_rows(Subject.of(outcome, prior, priors), TARGETS)
    kept = [r for r in rows if r["vary"] == "informative_weight" and r["probability"] == probability]
    return {(r["at"].partition(":")[0], r["target"]): r for r in kept}


@pytest.mark.slow
def test_the_printed_mixture(priors):
    """tipmap prints 0.51 for 95%; the others by the closed form of normal components."""
    found = weights(child(), "printed", priors)
    parts = ((0.7717324, 1.4522222, 0.2508704), (0.2282676, 1.3625788, 0.5793548), (1.0, 0.0, 5.42))
    p, m = [], []
    for _, mean, sd in parts:
        variance = 1 / (1 / sd**2 + 1 / 1.4**2)
        p.append(stats.norm.sf(0, variance * (mean / sd**2 + 1.02 / 1.4**2), variance**0.5))
        m.append(stats.norm(mean, (sd**2 + 1.4**2) ** 0.5).pdf(1.02))
    share = np.array([w for w, *_ in parts[:2]]) * m[:2]
    p_f, m_f = share @ p[:2] / share.sum(), share.sum()
    for target, tip in TIPS.items():
        by_hand = m[2] * (target - p[2]) / (m_f * (p_f - target) + m[2] * (target - p[2]))
        value = found["printed", target]["value"]
        assert value == pytest.approx(by_hand, abs=1e-6) and value == pytest.approx(tip, abs=1e-4)
    assert found["printed", 0.95]["value"] == pytest.approx(0.51, abs=0.005)
    assert "printed, a weight of at least 0.509 on the informative part (0.491 on the vague part)" in found["printed", 0.95]["reason"]


@pytest.mark.slow
def test_a_map_prior_of_the_adults(priors):
    """The set's robust priors have their rows whichever prior is the main one; put back, each weight gives its target."""
    found = weights(child(), "vague", priors)
    assert {name for name, _ in found} == {"map38", "wide"}, "a normal has no parts, and a mixture may be of equals"
    for target, tip in TIPS.items():
        assert found["map38", target]["value"] == pytest.approx(tip, abs=0.005)
    robust = make_plan([child()], priors, ["map38"]).analyses[0].formed
    vague = robust.robust
    assert str(vague) == "normal(0, 5.42)"
    (curve,) = likelihood_curves(make_plan([child()], priors, ["map38"]).analyses[0])
    informative = [(w / 0.38, d) for w, d in robust.distribution.components[:-1]]
    for target in TARGETS:
        w = found["map38", target]["value"]
        back = type(vague)("mixture", (), tuple((w * share, d) for share, d in informative) + ((1 - w, vague),))
        assert quadrature.integrate(curve, back).p_above_null == pytest.approx(target, abs=1e-4)
    assert found["wide", 0.95]["value"] < found["map38", 0.95]["value"], "a vaguer part weighs less once data are in"


@pytest.mark.slow
def test_the_posterior_of_the_vignette(priors):
    """Weight 0.38 on the past: P(> 0) .9265, P(> 0.5) .8791, P(> 1) .7818, mean 1.274."""
    for name, by in (("printed", 1e-4), ("map38", 0.005)):
        analysis = make_plan([child()], priors, [name]).analyses[0]
        (curve,) = likelihood_curves(analysis)
        prior = analysis.formed.distribution
        beyond = [quadrature.p_at_least(curve, prior, 0.0, x) for x in (0.0, 0.5, 1.0)]
        assert beyond == pytest.approx([0.92652, 0.87908, 0.78176], abs=by)
        assert quadrature.integrate(curve, prior).mean == pytest.approx(1.27392, abs=by)


def test_the_adults_themselves(priors):
    """tipmap prints mu 1.43 (0.25), tau 0.205; by quadrature 1.4413 (0.2522), 0.2054, a new trial above 0: .9976."""
    from bayes.synthesis.file import load_synthesis

    synthesis = load_synthesis(priors.path.parent / "adults.toml")
    analysis = make_plan([synthesis], priors, ["vague"]).analyses[0]
    answer = quadrature.integrate_synthesis(
        plane_of_synthesis(analysis), analysis.formed.distribution, analysis.heterogeneity.distribution
    )
    assert (answer.mu_mean, answer.mu_sd) == (pytest.approx(1.4413, abs=0.001), pytest.approx(0.2522, abs=0.001))
    assert answer.tau_mean == pytest.approx(0.20544, abs=0.001)
    assert answer.p_new_above(0.0) == pytest.approx(0.9976, abs=5e-4)


@pytest.mark.slow
def test_beyond_the_mcid_and_never(priors):
    """With an MCID there are rows for it, too; where both parts agree no weight matters, and that is said."""
    mcid = {"value": 0.5, "rationale": "invented"}
    assert weights(child(mcid=mcid), "printed", priors, "p_mcid")["printed", 0.9]["value"] > 0.3
    sure = make_outcome("mean_difference", "higher", {"kind": "estimate", "estimate": 5, "se": 1}, sd_ref=2.71)
    row = weights(sure, "printed", priors)["printed", 0.9]
    assert row["value"] is None and row["reason"].startswith("never: above the target at any weight: informative")
    assert tipping_weight(0.9, 0.8, 0.0, 0.7, 0.0) is None


def test_betas_of_a_proportion():
    """RBesT issue 47: 12 of 30 under 0.1 Beta(1.05, 1.95) + 0.9 Beta(44, 7.764706); the strong component vanishes."""
    outcome = make_outcome("proportion", "higher", {"kind": "proportion", "events": 12, "n": 30, "goal": 0.5})
    text = "mixture(0.1*beta(1.05, 1.95), 0.9*beta(44, 7.764706))"
    analysis = make_plan([outcome], load_priors(), [text]).analyses[0]
    (curve,) = likelihood_curves(analysis)
    answer = quadrature.integrate(curve, analysis.formed.distribution, 0.5)
    assert (answer.mean, answer.sd) == (pytest.approx(0.39628, abs=1e-4), pytest.approx(0.08519, abs=1e-4))
    assert answer.p_above_null == pytest.approx(0.11354, abs=1e-4)
    pieces = quadrature.pieces(curve, analysis.formed.distribution, 0.5)
    assert [piece.weight for piece in pieces] == pytest.approx([0.99715, 0.00285], abs=1e-5)
    row = weights(outcome, text, load_priors())[analysis.prior.name, 0.9]
    w, informative, vague = row["value"], stats.beta(44, 7.764706), stats.beta(1.05, 1.95)

    class Part:
        def __init__(self, prior):
            self.a, self.b = prior.args

        @cached_property
        def p(self):
            return stats.beta.sf(0.5, self.a + 12, self.b + 18)

        @cached_property
        def m(self):
            return stats.betabinom(30, self.a, self.b).pmf(12)

    one, other = Part(informative), Part(vague)
    back = (w * one.m * one.p + (1 - w) * other.m * other.p) / (w * one.m + (1 - w) * other.m)
    assert back == pytest.approx(0.9, abs=1e-6)
