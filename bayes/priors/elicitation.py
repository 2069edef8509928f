"""The elicitation of a prior from experts: statements about quantiles, or chips laid on bins, on the clinical scale.

A normal distribution on the analysis scale is fitted to each expert's statements by least squares: a quantile x_p of a
normal is m + s z_p, so that m and s are the line through the statements. Chips become statements about the edges of
their bins. Several experts are pooled linearly: the mixture of their priors with stated weights (O'Hagan et al. 2006,
Uncertain Judgements, chapter 9).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate, pairwise

import numpy as np

from bayes.base import measures
from bayes.base.distributions import Distribution
from bayes.base.numbers import article, significant
from bayes.errors import InvalidInput, Mistake, quoted
from bayes.paper.endpoint import Endpoint

Quantiles = Mapping[float, float]
Chips = Sequence[tuple[float, float, float]]
LONGEST_STATEMENT = 2_000  # characters
FURTHEST = 1e-3  # from 0 and 1: probabilities beyond are no statements that a person can make
NUMBER = r"(?:\d+\.?\d*|\.\d+)"
STATEMENT = re.compile(rf"(?P<percent>{NUMBER})\s*%\s*(?P<value>[-+]?{NUMBER})")
BIN = re.compile(rf"(?P<low>-?{NUMBER})\s*to\s*(?P<high>-?{NUMBER})\s*:\s*(?P<chips>{NUMBER})")


@dataclass(frozen=True)
class Belief:
    """What one expert said, and the prior fitted to it.

    Attributes
    ----------
    expert : str
    stated : tuple of (float, float)
        Probabilities, each with the value that the effect is below with this probability, on the measure's own scale.
    prior : Distribution
        A normal, on the analysis scale.
    measure : str
    """

    expert: str
    stated: tuple[tuple[float, float], ...]
    prior: Distribution
    measure: str

    @property
    def fitted(self) -> tuple[float, ...]:
        """The values that the fitted prior has in place of those stated, on the measure's own scale."""
        mean, sd = self.prior.args
        at = (mean + sd * measures.normal_quantile(p) for p, _ in self.stated)
        return tuple(float(measures.to_natural(x, self.measure)) for x in at)

    @property
    def text(self) -> str:
        """The statements in words, each with the value that the fitted prior has instead."""
        pairs = zip(self.stated, self.fitted, strict=True)
        said = (f"{significant(100 * p)}% below {significant(x, 12)} (fitted {significant(f)})" for (p, x), f in pairs)
        return ", ".join(said)


@dataclass(frozen=True)
class Elicited:
    """The beliefs of all experts about one effect, and their pool.

    Attributes
    ----------
    target : str
        Name of the outcome or the synthesis.
    beliefs : tuple of Belief
    weights : tuple of float
        Of the experts in the pool; they sum to one.
    rationale : str
    """

    target: str
    beliefs: tuple[Belief, ...]
    weights: tuple[float, ...]
    rationale: str

    @property
    def pooled(self) -> Distribution:
        """The mixture of the experts' priors; the prior itself of a single one."""
        if len(self.beliefs) == 1:
            return self.beliefs[0].prior
        parts = zip(self.weights, (belief.prior for belief in self.beliefs), strict=True)
        return Distribution("mixture", (), tuple(parts))

    def to_toml(self) -> str:
        """Return a prior set with the prior of every expert and, of several, their pool."""
        today = date.today().isoformat()
        lines = [f"label = {_quoted(f'Elicited for {self.target}')}", ""]
        taken: set[str] = set()
        for belief in self.beliefs:
            name = _identifier(belief.expert, taken)
            lines += _entry(name, belief.prior, f"{self.rationale} Stated: {belief.text}", belief.expert, today)
        if len(self.beliefs) > 1:
            shares = ", ".join(f"{b.expert} {significant(w)}" for b, w in zip(self.beliefs, self.weights, strict=True))
            everyone = ", ".join(belief.expert for belief in self.beliefs)
            said = f"{self.rationale} Linear pool with weights {shares}."
            lines += _entry(_identifier("experts", taken), self.pooled, said, everyone, today)
        return "\n".join(lines)


def elicited(
    endpoint: Endpoint,
    experts: Mapping[str, Quantiles | Chips],
    rationale: str,
    weights: Sequence[float] | None = None,
) -> Elicited:
    """Fit priors to what experts state, as `bayes.elicit` describes it."""
    mistakes = [Mistake(name, wrong) for name, said in experts.items() for wrong in _wrong_bins(said)]
    if not mistakes:
        mistakes = [m for name, said in experts.items() for m in _mistakes(name, _statements(said), endpoint.measure)]
    if not experts:
        mistakes.append(Mistake("experts", "none has stated anything; accepted: at least one expert"))
    if not rationale.strip():
        mistakes.append(Mistake("rationale", "is empty; accepted: why these experts, and what they were asked"))
    shares = [1.0] * len(experts) if weights is None else [float(w) for w in weights]
    if len(shares) != len(experts) or not all(share > 0 for share in shares):
        said = f"found {len(shares)} weights for {len(experts)} experts; accepted: a positive one for each"
        mistakes.append(Mistake("weights", said))
    if mistakes:
        raise InvalidInput(f"elicitation for {endpoint.name}", mistakes)
    beliefs = tuple(_belief(name, _statements(said), endpoint.measure) for name, said in experts.items())
    return Elicited(endpoint.name, beliefs, tuple(w / sum(shares) for w in shares), rationale.strip())


def read_statement(text: str) -> tuple[str, Quantiles | Chips]:
    """Read one expert's statements as typed: `NAME = 5% 0.5, 50% 0.8, 95% 1.2`, or `NAME = 0.5 to 0.7: 3, ...`.

    Parameters
    ----------
    text : str

    Returns
    -------
    name : str
    said : mapping or sequence
        Quantiles or chips, as `bayes.elicit` takes them.

    Raises
    ------
    InvalidInput
        If the text is neither.
    """
    name, equals, said = (part.strip() for part in text.partition("="))
    if len(text) > LONGEST_STATEMENT or not name.isprintable():
        accepted = f"a printable name, and up to {LONGEST_STATEMENT:,} characters in all"
        raise InvalidInput(f"expert {quoted(name)}", [f"found {len(text):,} characters; accepted: {accepted}"])
    parts = [part.strip() for part in said.split(",")]
    quantiles, bins = [STATEMENT.fullmatch(p) for p in parts], [BIN.fullmatch(p) for p in parts]
    if equals and name and all(quantiles):
        stated = {float(m["percent"]) / 100: float(m["value"]) for m in quantiles if m}
        if len(stated) < len(quantiles):
            raise InvalidInput(f"expert {quoted(name)}", ["states a probability twice; accepted: one value for each"])
        return name, stated
    if equals and name and all(bins):
        return name, [(float(m["low"]), float(m["high"]), float(m["chips"])) for m in bins if m]
    accepted = "NAME = 5% 0.5, 50% 0.8, 95% 1.2 (quantiles), or NAME = 0.5 to 0.7: 3, 0.7 to 0.9: 5 (chips)"
    raise InvalidInput(f"expert {quoted(text)}", [f"cannot be read; accepted: {accepted}"])


def _statements(said: Quantiles | Chips) -> list[tuple[float, float]]:
    """Return statements as (probability, value); of chips, the cumulative shares at the inner edges of the bins."""
    if isinstance(said, Mapping):
        return sorted((float(p), float(x)) for p, x in said.items())
    bins = sorted((float(low), float(high), float(chips)) for low, high, chips in said)
    total = sum(chips for *_, chips in bins)
    below = list(accumulate(chips for *_, chips in bins))
    found = [(share / total, high) for share, (_, high, _) in zip(below, bins, strict=True) if total > 0]
    inner = {share: (share, high) for share, high in reversed(found) if FURTHEST < share < 1 - FURTHEST}
    return [*inner.values()][::-1]  # of bins without chips, the lowest edge


def _wrong_bins(said: Quantiles | Chips) -> list[str]:
    if isinstance(said, Mapping):
        return []
    bins = sorted(said)
    found = [
        f"a bin from {low:g} to {high:g}; accepted: from the lower limit up" for low, high, _ in bins if low >= high
    ]
    found += [f"{chips:g} chips on a bin; accepted: 0 or more" for *_, chips in bins if not chips >= 0]
    overlap = [(a, b) for a, b in pairwise(bins) if b[0] < a[1]]
    return found + [f"bins from {a[0]:g} and from {b[0]:g} overlap; accepted: each beside the next" for a, b in overlap]


def _mistakes(name: str, stated: Sequence[tuple[float, float]], measure: str) -> list[Mistake]:
    low, high = measures.natural_range(measure)
    found = []
    if len(stated) < 2:
        found.append(
            f"found {len(stated)} statements; accepted: at least two quantiles, or chips on three bins or more"
        )
    found += [f"found a probability of {p:g}; accepted: between 0 and 1" for p, _ in stated if not 0 < p < 1]
    accepted = f"accepted: {low:g} to {high:g}"
    found += [f"{x:g} is not {article(measure)}; {accepted}" for _, x in stated if not low < x < high]
    values = [x for _, x in stated]
    if any(b <= a for a, b in pairwise(values)):
        found.append("a larger probability needs a larger value; found " + ", ".join(f"{x:g}" for x in values))
    return [Mistake(name, said) for said in found]


def _belief(name: str, stated: Sequence[tuple[float, float]], measure: str) -> Belief:
    z = np.array([measures.normal_quantile(p) for p, _ in stated])
    x = np.array([measures.to_analysis(value, measure) for _, value in stated])
    sd, mean = np.polyfit(z, x, 1)
    prior = Distribution("normal", (float(f"{mean:.6g}"), float(f"{sd:.6g}")))
    return Belief(name, tuple(stated), prior, measure)


def _identifier(text: str, taken: set[str]) -> str:
    base = re.sub(r"[^A-Za-z0-9]+", "_", text).strip("_").lower() or "expert"
    name, number = base, 2
    while name in taken:
        name, number = f"{base}_{number}", number + 1
    taken.add(name)
    return name


def _entry(name: str, prior: Distribution, rationale: str, source: str, day: str) -> list[str]:
    said = {"distribution": str(prior), "rationale": rationale, "source": f"elicited from {source}, {day}"}
    return [f"[effect.{name}]", *(f"{key} = {_quoted(text)}" for key, text in said.items()), ""]


def _quoted(text: str) -> str:
    """Return a text as TOML quotes it, which is as JSON does."""
    return json.dumps(text, ensure_ascii=False)
