"""Random reports of every kind that the calculator takes: as its form has them, and the same from Python.

    python tests/support/calculator.py [COUNT]

prints, for each kind, the largest difference between the page in a real browser and quadrature in Python, 200 reports
each by default; exit code 1 if one exceeds six digits.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from math import exp, log
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))
import bayes  # noqa: E402
from bayes.base.distributions import parse  # noqa: E402
from bayes.paper.trial import Outcome  # noqa: E402
from bayes.report.calculator.page import calculator  # noqa: E402
from bayes.report.own_prior.section import movable  # noqa: E402
from bayes.sensitivity.subject import TAILS, Subject  # noqa: E402
from support.browser import running  # noqa: E402

KINDS = ("estimate", "p_value", "significance", "binary", "events", "means", "ordinal")
RATIOS = ("hazard_ratio", "odds_ratio", "risk_ratio", "rate_ratio", "common_odds_ratio", "mean_ratio")
SHARES = (0.1, 0.2, 0.3, 0.25, 0.15)
PRIORS = ("normal", "student_t", "mixture")
OF_RATIO = ("median", "low", "high")


def drawn(kind: str, count: int, seed: int = 20261129) -> Iterator[tuple[dict[str, str], Outcome]]:
    """Reports as the form of the page has them, each with the outcome that Python makes of the same texts."""
    rng = np.random.default_rng([seed, KINDS.index(kind)])
    for _ in range(count):
        form, fields = REPORT[kind](rng)
        form |= {"kind": kind, "benefit": str(rng.choice(["lower", "higher"]))}
        form["mcid"] = _mcid(form, rng)
        yield form, bayes.outcome(measure=form["measure"], benefit=form["benefit"], kind=kind, mcid=form["mcid"], **fields)


def _mcid(form: dict[str, str], rng: np.random.Generator) -> str:
    size = rng.uniform(0.02, 0.4)
    sign = 1 if form["benefit"] == "higher" else -1
    if form["measure"] in RATIOS:
        return f"{exp(sign * size):.3g}"
    if form["measure"] == "mean_difference":
        size *= float(form.get("sd_ref") or form["treatment_sd"])
    return f"{sign * size:.3g}"


def _estimate(rng):
    measure = str(rng.choice([*RATIOS, "mean_difference", "standardised_mean_difference", "risk_difference"]))
    y, s = rng.normal(0, 0.4), rng.uniform(0.05, 0.6)
    if measure == "risk_difference":
        y, s = y / 4, s / 4
    on = exp if measure in RATIOS else float
    form, fields = {"measure": measure, "estimate": f"{on(y):.4g}"}, {"estimate": f"{on(y):.4g}"}
    width = str(rng.choice(["ci", "se", "p"]))
    if width == "ci":
        form |= {"low": f"{on(y - 1.96 * s):.4g}", "high": f"{on(y + 1.96 * s):.4g}"}
        fields["ci"] = (form["low"], form["high"])
    else:
        form[width] = f"{s:.4g}" if width == "se" else f"{rng.uniform(0.001, 0.9):.3f}"
        fields[width] = form[width]
    if measure == "mean_difference":
        form["sd_ref"] = fields["sd_ref"] = f"{rng.uniform(0.5, 3):.3g}"
    return form | {"width": width}, fields


def _bare(rng):
    measure = str(rng.choice(["hazard_ratio", "mean_difference", "standardised_mean_difference", "common_odds_ratio"]))
    form, fields = {"measure": measure, "favours": str(rng.choice(["treatment", "control", "unknown"]))}, {}
    fields["favours"] = form["favours"]
    if measure in ("standardised_mean_difference", "common_odds_ratio"):
        n = [int(x) for x in rng.integers(6, 150, 2)]
        form |= {"width": "n", "treatment_n": str(n[0]), "control_n": str(n[1])}
        fields["n"] = {"treatment": n[0], "control": n[1]}
        if measure == "common_odds_ratio":
            form["shares"] = " ".join(map(str, SHARES))
            fields["reference"] = {"shares": [str(share) for share in SHARES], "source": "..."}
    else:
        form |= {"width": "se", "se": f"{rng.uniform(0.05, 0.6):.3g}"}
        fields["se"] = form["se"]
        if measure == "mean_difference":
            form["sd_ref"] = fields["sd_ref"] = f"{rng.uniform(0.5, 3):.3g}"
    return form, fields


def _p_value(rng):
    form, fields = _bare(rng)
    form["p"] = str(rng.choice([f"{rng.uniform(0.001, 0.95):.3f}", "<0.05", "<0.001", ">0.1"]))
    return form, fields | {"p": form["p"]}


def _significance(rng):
    form, fields = _bare(rng)
    significant = bool(rng.integers(2))
    form |= {"significant": str(significant).lower(), "alpha": str(rng.choice(["0.05", "0.01"]))}
    return form, fields | {"significant": significant, "alpha": form["alpha"]}


def _binary(rng):
    measure = str(rng.choice(["odds_ratio", "risk_ratio", "risk_difference"]))
    n = [int(x) for x in rng.integers(8, 400, 2)]
    risk = rng.beta(0.8, 1.2)
    x = [int(rng.binomial(m, min(risk * f, 0.97))) for m, f in zip(n, (rng.uniform(0.5, 1.2), 1.0), strict=True)]
    if sum(x) in (0, sum(n)) and measure != "odds_ratio":
        x[0] = 1 if sum(x) == 0 else n[0] - 1
    return _arms(measure, [{"events": e, "n": m} for e, m in zip(x, n, strict=True)])


def _events(rng):
    n = [int(x) for x in rng.integers(6, 90, 2)]
    size, rate = exp(rng.normal(0, 0.7)), rng.uniform(0.1, 1.8)
    seen = [rng.negative_binomial(size, size / (size + rate), m) for m in n]
    arms = [{"events": int(y.sum()), "n": len(y), "persons": int((y > 0).sum())} for y in seen]
    if rng.integers(2):
        arms = [{name: arm[name] for name in ("events", "n")} for arm in arms]
    return _arms("rate_ratio", arms)


def _means(rng):
    measure = str(rng.choice(["mean_difference", "standardised_mean_difference"]))
    arms = [{"mean": f"{rng.normal(0, 3):.2f}", "sd": f"{rng.uniform(0.5, 9):.2f}", "n": int(rng.integers(4, 200))} for _ in range(2)]
    return _arms(measure, arms)


def _ordinal(rng):
    shares = rng.dirichlet(np.full(int(rng.integers(2, 8)), rng.uniform(0.6, 3)))
    counts = [rng.multinomial(int(rng.integers(8, 250)), shares).tolist() for _ in range(2)]
    if sum(a + b > 0 for a, b in zip(*counts, strict=True)) < 2:
        counts[0][0], counts[1][-1] = counts[0][0] + 2, counts[1][-1] + 2
    form = {f"{arm}_counts": " ".join(map(str, c)) for arm, c in zip(("treatment", "control"), counts, strict=True)}
    categories = [str(k) for k in range(len(shares))]
    return form | {"measure": "common_odds_ratio"}, {"treatment": counts[0], "control": counts[1], "categories": categories}


def _arms(measure, arms):
    named = dict(zip(("treatment", "control"), arms, strict=True))
    form = {f"{arm}_{name}": str(x) for arm, fields in named.items() for name, x in fields.items()}
    return form | {"measure": measure}, named


REPORT = {
    "estimate": _estimate,
    "p_value": _p_value,
    "significance": _significance,
    "binary": _binary,
    "events": _events,
    "means": _means,
    "ordinal": _ordinal,
}


def drawn_prior(subject: Subject, rng: np.random.Generator) -> str:
    """A prior of the shapes that the page offers; with fewer df, where L levels off, the sd hangs on how far one sums."""
    unit = subject.family.unit

    def normal() -> str:
        return f"{unit * rng.uniform(-1, 1):.12g}, {unit * exp(rng.uniform(log(0.05), log(2))):.12g}"

    match rng.choice(PRIORS):
        case "normal":
            return f"normal({normal()})"
        case "student_t":
            return f"student_t({rng.uniform(4, 12):.6g}, {normal()})"
    weight = round(rng.uniform(0.05, 0.95), 3)
    return f"mixture({weight}*normal({normal()}), {1 - weight:.3f}*normal({normal()}))"


def expected(subject: Subject, prior: str) -> dict[str, float | None]:
    """What Python answers by quadrature, on the analysis scale."""
    posterior = subject.under(parse(prior))
    low, median, high = posterior.quantiles(TAILS)
    good = (lambda edge: posterior.above(edge)) if subject.sign > 0 else (lambda edge: 1 - posterior.above(edge))
    return {
        "mean": posterior.mean,
        "sd": posterior.sd,
        "median": median,
        "low": low,
        "high": high,
        "p_benefit": good(subject.null),
        "p_mcid": good(subject.mcid),
    }


SIX_DIGITS = 2e-6  # of a probability; of a limit of a ratio, relative to it; of the rest, to their size or the sd
ANSWER = """([form, prior]) => {
  const mistakes = reports.mistakesIn(form);
  if (mistakes.length) throw new Error(JSON.stringify(mistakes));
  const data = reports.dataOf(form);
  return ownPrior.posterior(data, prior, { mcid: data.mcid });
}"""


@dataclass(frozen=True)
class Case:
    """A report and a prior, and the largest difference between the page and Python."""

    form: dict[str, str]
    prior: str
    error: float


def compared(page, kind: str, count: int, seed: int = 20261129) -> list[Case]:
    """Random reports of a kind, each under a random prior, answered by an open calculator and by Python."""
    rng = np.random.default_rng(seed)
    found = []
    for form, outcome in drawn(kind, count, seed):
        subject = Subject.of(outcome)
        prior = drawn_prior(subject, rng)
        wanted = expected(subject, prior)
        got = page.evaluate(ANSWER, [form, movable(parse(prior))])
        assert [name for name in wanted if (wanted[name] is None) != (got[name] is None)] == []
        known = {name: value for name, value in wanted.items() if value is not None}
        scale = wanted["sd"] or 1.0
        unit = 1.0 if form["measure"] in RATIOS else scale  # a difference of logarithms is relative to the ratio
        found.append(Case(form, prior, max(_error(name, value, got[name], unit if name in OF_RATIO else scale) for name, value in known.items())))
    return found


def _error(name: str, wanted: float, got: float, scale: float) -> float:
    return abs(got - wanted) / (1.0 if name.startswith("p_") else max(scale, abs(wanted)))


def main() -> int:
    """Compare many reports of each kind."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    failed = False
    with tempfile.TemporaryDirectory() as folder, running() as browser:
        path = Path(folder) / "calculator.html"
        path.write_text(calculator(), encoding="utf-8")
        page = browser.new_page()
        page.goto(path.as_uri())
        for kind in KINDS:
            worst = max(compared(page, kind, count), key=lambda case: case.error)
            failed |= worst.error > SIX_DIGITS
            print(f"{kind:<14}{count:>5} reports, largest difference {worst.error:.1e}: {worst.prior}, {worst.form}", flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
