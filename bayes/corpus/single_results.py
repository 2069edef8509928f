"""A block of a corpus of results: every result under every prior of a set."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import pyarrow as pa

from bayes.base.arrays import FloatArray, IntArray
from bayes.corpus import summary_columns
from bayes.corpus.answers import Answers, Thresholds, answers_of
from bayes.corpus.endpoints import Formed, Told, effect_priors_of, tell
from bayes.corpus.engine.answering import WANTED, Pair, Work
from bayes.corpus.engine.given_tau import Reports
from bayes.corpus.engine.prior_arrays import effect_priors, is_mixture_of_normals
from bayes.corpus.engine.solving import solve
from bayes.corpus.evidence import KINDS, Evidence, evidence_of
from bayes.corpus.ordinary import answer_for, outcome_of
from bayes.corpus.parquet import RESULTS, Values, table_of
from bayes.corpus.reading import Block
from bayes.corpus.rejected import Rejected
from bayes.corpus.tabulated import RATIOS, tabulated
from bayes.errors import BayesError, NotFormable
from bayes.likelihoods.choice import default_likelihood
from bayes.paper.in_memory import outcome
from bayes.priors.sets import NamedPrior, PriorSet

CLOSED, EXACT = "closed form", "quadrature over the baseline"
ENDS = 10.0  # standard errors from -1 and 1 within which a risk difference feels the bounds
LIMIT = 5 * WANTED  # estimated error beyond which the ordinary quadrature takes over


def answer_block(block: Block, priors: PriorSet) -> tuple[pa.Table, Rejected]:
    """Compute the posteriors of a block.

    Parameters
    ----------
    block : Block
    priors : PriorSet
        Its priors of effects are used; those of arms and of tables of adverse events need trial files.

    Returns
    -------
    answers : Table
        The columns `parquet.RESULTS`, by result and prior.
    rejected : Rejected
    """
    evidence = evidence_of(block.frame)
    at = np.flatnonzero(evidence.usable)
    told = tell(evidence, list(at[:, None]), {"result"})
    for i, reason in told.reasons.items():
        evidence.reasons.said.setdefault(int(at[i]), []).append(reason)
    rejected = Rejected.of(block, evidence.reasons, "id")
    kept = np.array([i for i in range(len(at)) if i not in told.reasons], dtype=np.intp)
    at, told = at[kept], told.at(kept)
    if not len(at):
        return table_of(RESULTS, 0, {}), rejected
    return _Block(block, evidence, at, told, priors).table(), rejected


class _Block:
    """The rows of a block that can be used, and what every prior makes of them."""

    def __init__(self, block: Block, evidence: Evidence, at: IntArray, told: Told, priors: PriorSet) -> None:
        self.block, self.evidence, self.at, self.told, self.priors = block, evidence, at, told, priors
        self.thresholds = Thresholds.of(told.rows)
        self.ids = [str(value) for value in block.frame["id"].to_numpy()[at]]
        self.form = evidence.form[at]
        measure = block.frame["measure"].to_numpy()[at]
        with np.errstate(invalid="ignore"):
            inside = np.abs(evidence.y[at]) + ENDS * evidence.s[at] < 1
        self.normal = (self.form == "estimate") & ((measure != "risk_difference") | inside)
        normal_baseline = priors.nuisance.binary.name == "normal"
        self.tables = (self.form == "counts") & np.isin(measure.astype(str), RATIOS) & normal_baseline
        self.quick = self.normal | self.tables

    def table(self) -> pa.Table:
        """Return the answers, by result and prior."""
        every = effect_priors_of(self.told, self.priors)
        found = [(formed, *self._under(formed, columns)) for formed, columns in self._quickly(every)]
        rows = np.concatenate([rows for _, rows, _ in found])
        order = np.argsort(rows, kind="stable")
        return pa.concat_tables(table for _, _, table in found).take(pa.array(order))

    def _quickly(self, every: Sequence[Formed]) -> list[tuple[Formed, tuple[IntArray, Answers, FloatArray]]]:
        """Return what the vectorised engines say under every prior: the rows they answer, and the answers."""
        pairs = {}
        for formed in every:
            can = [f is not None and is_mixture_of_normals(f.univariate) for f in formed.formed]
            rows = np.flatnonzero(self.quick & np.array(can, dtype=bool))
            own = [f.univariate for i in rows if (f := formed.formed[i]) is not None]
            if len(rows):
                pairs[formed.name] = Pair(rows, effect_priors(own), None)
        solved = solve(self._work(), pairs, apart=False) if pairs else {}
        found = []
        for formed in every:
            if (one := solved.get(formed.name)) is None:
                nothing = np.zeros(0, dtype=np.intp)
                found.append((formed, (nothing, Answers.empty(0), np.zeros(0))))
                continue
            answers = answers_of(one.numbers, "mu", self.thresholds.at(one.pair.rows))
            good = np.flatnonzero(~(answers.error > LIMIT))
            kept = Answers(*(values[good] for values in vars(answers).values()))
            found.append((formed, (one.pair.rows[good], kept, one.pair.effect.sds[good])))
        return found

    def _work(self) -> Work:
        y, s = self.evidence.y[self.at].copy(), self.evidence.s[self.at].copy()
        curves, place = tabulated(self.evidence, self.at, self.tables, self.priors.nuisance, y, s)
        y, s = np.where(self.quick, y, 0.0), np.where(self.quick, s, 1.0)  # others keep their places, unused
        return Work(Reports(y[:, None], s[:, None]), self.thresholds.analysis, curves, place[:, None])

    def _under(self, formed: Formed, quick: tuple[IntArray, Answers, FloatArray]) -> tuple[IntArray, pa.Table]:
        """Return the rows under one prior and their table: answered quickly, one by one, or skipped with a reason."""
        rows, answers, prior_sd = quick
        n = len(self.at)
        every, sds = Answers.empty(n), np.full(n, np.inf)
        every.put(rows, answers)
        sds[rows] = prior_sd
        method = np.full(n, None, dtype=object)
        method[rows] = np.where(self.normal[rows], CLOSED, EXACT)
        likelihood = np.full(n, None, dtype=object)
        likelihood[rows] = [_likelihood(self.form[i], self.told.rows[i].measure) for i in rows]
        status, reason = np.full(n, "ok", dtype=object), np.full(n, None, dtype=object)
        answered = np.zeros(n, dtype=bool)
        answered[rows] = True
        for i in np.flatnonzero(~answered):
            if formed.formed[i] is None:
                status[i], reason[i] = "skipped", formed.reasons.get(int(i))
                continue
            try:
                named = NamedPrior(formed.name, self.priors.effect[formed.name])
                target = outcome_of(self.evidence, int(self.at[i]), "corpus")
                one, likelihood[i], method[i] = answer_for(target, named, self.priors)
                every.put(np.array([i]), one)
            except NotFormable as why:
                status[i], reason[i] = "skipped", str(why)
            except BayesError as why:
                status[i], reason[i] = "failed", "; ".join(str(why).splitlines())
        shown = np.flatnonzero((status != "skipped") | np.array([r is not None for r in reason]))
        columns = summary_columns.of_answers(every, self.told.rows, self.thresholds, "mu", sds)
        columns |= self._stated(formed) | {"exact_method": list(method), "likelihood": list(likelihood)}
        columns |= {"status": list(status), "reason": list(reason)}
        return shown, table_of(RESULTS, len(shown), summary_columns.taken(columns, shown))

    def _stated(self, formed: Formed) -> dict[str, Values]:
        """Return the columns that need no posterior."""
        known = formed.formed
        x1, n1, x0, n0 = self.evidence.tables[self.at].T
        counts = self.form == "counts"
        none, all_ = counts & (x1 == 0) & (x0 == 0), counts & (x1 == n1) & (x0 == n0)
        measure = np.array([row.measure for row in self.told.rows], dtype=object)
        silent = np.where(measure == "risk_ratio", none, (none | all_) & (measure == "odds_ratio"))
        return {
            "id": self.ids,
            "trial": self.ids,
            "outcome": "effect",
            "label": self.ids,
            "parameter": "effect",
            "model": "single_trial",
            "evidence": [KINDS[form] for form in self.form],
            "prior": formed.name,
            "prior_distribution": [None if f is None else str(f.distribution) for f in known],
            "prior_basis": [None if f is None else f.basis for f in known],
            "key": [f"{name}.effect--single_trial--{formed.name}" for name in self.ids],
            "source": self.block.source,
            "row": self.at + self.block.first,
            "informative": list(~silent),
            "headline": list(~(none | all_)),
        }


@cache
def _likelihood(form: str, measure: str) -> str:
    """Return the likelihood that reads such a report by default."""
    given: dict[str, object] = {"estimate": "1.5", "se": "0.5", "sd_ref": "1" if measure == "mean_difference" else None}
    if form == "counts":
        given = {"kind": "binary", "treatment": (1, 9), "control": (2, 9)}
    return default_likelihood(outcome(measure=measure, benefit="higher", **given))  # type: ignore[arg-type]
