"""The priors of every row of a corpus: what a prior may ask about it, and the distributions that are formed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import PrivateAttr

from bayes.base import measures
from bayes.base.arrays import FloatArray, IntArray
from bayes.base.toml import validate
from bayes.corpus.evidence import Evidence
from bayes.errors import BayesError, InvalidInput, NotFormable
from bayes.paper.annotations import NOT_STATED
from bayes.paper.endpoint import Endpoint
from bayes.priors.effect_prior import BORROWED, EffectPrior
from bayes.priors.effect_rules import FormedPrior
from bayes.priors.sets import NamedPrior, PriorSet, resolve
from bayes.priors.tau import OutcomeClass, form_heterogeneity

OF_THE_RESULT = {"cochrane"}  # rules of effects that depend on the numbers of a result, not on its context alone
OF_THE_REPORTS = {"dumouchel", "uniform_shrinkage"}  # the same of tau
BORROWS = "borrows from other trials, which a corpus does not say how to match; use it with trial files"


type Asks = Set[Literal["result", "analysis"]]


class Row(Endpoint):
    """A row of a corpus as far as its priors ask: measure, direction, thresholds, field, and what scales a prior."""

    _error: float | None = PrivateAttr(default=None)
    _sd: float | None = PrivateAttr(default=None)
    _field: str | None = PrivateAttr(default=None)
    _errors: dict[str, float | None] = PrivateAttr(default={})

    @property
    def standard_error(self) -> float | None:
        return self._error

    @property
    def reference_sd(self) -> tuple[float | None, str]:
        return super().reference_sd if self._sd is None else (self._sd, "scaled by the data")

    @property
    def cochrane_field(self) -> str | None:
        return self._field

    @property
    def errors_of_reports(self) -> dict[str, float | None]:
        return self._errors


@dataclass(frozen=True)
class Told:
    """What priors may ask about the rows of a block.

    Attributes
    ----------
    rows : list of Row
        One a result or an analysis, in order.
    setting : list of OutcomeClass
        The keys of published tables of each.
    alike : list of tuple
        Equal for rows whose priors are the same under every rule that does not depend on their numbers.
    reasons : dict of int to str
        Why a row cannot be used: a field or class that no table has, or a threshold on the wrong side.
    """

    rows: list[Row]
    setting: list[OutcomeClass]
    alike: list[tuple[object, ...]]
    reasons: dict[int, str] = field(default_factory=dict)

    def at(self, rows: NDArray[np.intp]) -> Told:
        """Return the answers for some of the rows; they must not be rejected ones."""
        return Told([self.rows[i] for i in rows], [self.setting[i] for i in rows], [self.alike[i] for i in rows])


@dataclass(frozen=True)
class Formed:
    """A prior of one name for every row, as far as it can be formed.

    Attributes
    ----------
    name : str
    formed : list of FormedPrior or None
    reasons : dict of int to str
        Why it is not formed for a row; a row that is in neither goes without it silently (`when = "formable"`).
    unformed : dict of int to str
        Why it is not formed, silently or not.
    """

    name: str
    formed: list[FormedPrior | None]
    reasons: dict[int, str]
    unformed: dict[int, str]


PLACEHOLDER = Row(label=NOT_STATED, measure="odds_ratio", benefit="lower")  # keeps the place of a row that is rejected
STATED = ("mcid", "planned", "margin")
CONTEXT = (
    "measure", "benefit", *STATED, "rope_low", "rope_high", "sd_ref", "field", "outcome_class", "comparison",
)  # fmt: skip
ERRORS_OF_COUNTS = {
    "odds_ratio": measures.se_log_odds_ratio,
    "risk_ratio": measures.se_log_risk_ratio,
    "risk_difference": measures.se_risk_difference,
}
REASON_OF = {"mcid": "rationale", "planned": "source", "margin": "source"}


def tell(evidence: Evidence, groups: Sequence[IntArray], asks: Asks) -> Told:
    """Collect what priors may ask about the results or the analyses of a block.

    Parameters
    ----------
    evidence : Evidence
    groups : sequence of ndarray of int
        The rows of each; what they have in common is taken from the first.
    asks : set of {"result", "analysis"}
        What priors may ask: of a single result its standard error, of an analysis those of its studies.
    """
    frame = evidence.frame.iloc[[rows[0] for rows in groups]]
    columns = {name: _values(frame, name) for name in CONTEXT}
    keys = list(zip(*columns.values(), strict=True))
    own_sd = _pooled_sd(evidence, groups)
    made: dict[tuple[object, ...], Row | str] = {}
    rows: list[Row] = []
    settings: list[OutcomeClass] = []
    reasons: dict[int, str] = {}
    for i, key in enumerate(keys):
        stated = dict(zip(columns, key, strict=True))
        if key not in made:
            made[key] = _row(stated)
        found = made[key]
        if isinstance(found, str):
            reasons[i] = found
        row = (PLACEHOLDER if isinstance(found, str) else found).model_copy()
        row._field = stated["field"]
        row._sd = own_sd[i] if stated["sd_ref"] is None and np.isfinite(own_sd[i]) else None
        errors = evidence.s[groups[i]]
        if "analysis" in asks:
            row._errors = {f"study {j}": float(s) if np.isfinite(s) else None for j, s in enumerate(errors, 1)}
        if "result" in asks:
            row._error = float(errors[0]) if np.isfinite(errors[0]) else _error_of_counts(evidence, groups[i][0])
        rows.append(row)
        settings.append(OutcomeClass(stated["outcome_class"], stated["comparison"], stated["field"]))
    alike = [(*key, row._sd) for key, row in zip(keys, rows, strict=True)]
    return Told(rows, settings, alike, reasons)


def _values(frame: pd.DataFrame, name: str) -> list[object]:
    """Return a column as text or number, None where it is missing."""
    if name not in frame:
        return [None] * len(frame)
    return [None if value is None or value != value else value for value in frame[name].tolist()]


def _row(stated: Mapping[str, object]) -> Row | str:
    """Return the row that a context describes, or why there is none."""
    data: dict[str, object] = {"label": NOT_STATED, "measure": stated["measure"], "benefit": stated["benefit"]}
    for name in STATED:
        if (value := stated.get(name)) is not None:
            data[name] = {"value": _decimal(value), REASON_OF[name]: NOT_STATED}
    if stated.get("rope_low") is not None and stated.get("rope_high") is not None:
        data["rope"] = (_decimal(stated["rope_low"]), _decimal(stated["rope_high"]))
    if stated.get("sd_ref") is not None:
        data["sd_ref"] = _decimal(stated["sd_ref"])
    try:
        return validate(Row, data, "row")
    except InvalidInput as error:
        return "; ".join(str(mistake) for mistake in error.mistakes)


def _decimal(value: object) -> Decimal:
    return Decimal(repr(float(str(value))))


def _error_of_counts(evidence: Evidence, row: int) -> float | None:
    """Return the standard error of the ratio or difference of a table, as a trial file has it; None if it has none."""
    if evidence.form[row] != "counts":
        return None
    x1, n1, x0, n0 = (int(count) for count in evidence.tables[row])
    return ERRORS_OF_COUNTS[str(evidence.frame["measure"].iloc[row])](x1, n1, x0, n0)


def _pooled_sd(evidence: Evidence, groups: Sequence[IntArray]) -> FloatArray:
    """Return the standard deviation pooled over the arms of each group; NaN where a row has no means."""
    if not (evidence.form == "means").any():
        return np.full(len(groups), np.nan)
    n, sd = (
        np.stack([pd.to_numeric(evidence.frame[f"{name}_{arm}"], errors="coerce").to_numpy(float) for arm in "tc"])
        for name in ("n", "sd")
    )
    df, squares = (n - 1).sum(axis=0), ((n - 1) * sd**2).sum(axis=0)
    own = evidence.form == "means"
    found = [squares[rows].sum() / df[rows].sum() if own[rows].all() else np.nan for rows in groups]
    return np.sqrt(np.array(found))


def effect_priors_of(told: Told, priors: PriorSet) -> list[Formed]:
    """Form every prior of effects in a set for every row."""
    return [_formed(NamedPrior(name, prior), told) for name, prior in priors.effect.items()]


def _formed(named: NamedPrior, told: Told) -> Formed:
    prior = named.prior
    if not isinstance(prior, EffectPrior):
        raise TypeError(f"{named.name} is not a prior of an effect")
    if prior.rule in BORROWED:
        borrows = dict.fromkeys(range(len(told.rows)), BORROWS)
        return Formed(named.name, [None] * len(told.rows), borrows, borrows)
    own = prior.rule in OF_THE_RESULT
    found, reasons = _each(lambda i: resolve(named, told.rows[i]), told, own)
    return Formed(named.name, found, {} if prior.when == "formable" else reasons, reasons)


def heterogeneities_of(told: Told, priors: PriorSet) -> list[Formed]:
    """Form every prior of tau in a set for every analysis."""
    every = []
    for name, prior in priors.heterogeneity.items():

        def form(i: int, name: str = name, prior: object = prior) -> FormedPrior:
            made = form_heterogeneity(name, prior, told.rows[i], told.setting[i])  # type: ignore[arg-type]
            return FormedPrior(made.distribution, made.basis)

        found, reasons = _each(form, told, prior.rule in OF_THE_REPORTS)
        every.append(Formed(name, found, {} if prior.when == "formable" else reasons, reasons))
    return every


def _each(form: Callable[[int], FormedPrior], told: Told, own: bool) -> tuple[list[FormedPrior | None], dict[int, str]]:
    """Form a prior for every row, once for rows that are alike, and say why it is missing elsewhere."""
    known: dict[tuple[object, ...], FormedPrior | str] = {}
    found: list[FormedPrior | None] = []
    reasons: dict[int, str] = {}
    for i in range(len(told.rows)):
        key = (i,) if own else told.alike[i]
        if key not in known:
            try:
                known[key] = form(i)
            except NotFormable as reason:
                known[key] = str(reason)
            except InvalidInput as error:
                known[key] = "; ".join(m.message for m in error.mistakes)
            except BayesError as error:
                known[key] = str(error)
        made = known[key]
        found.append(None if isinstance(made, str) else made)
        if isinstance(made, str):
            reasons[i] = made
    return found, reasons
