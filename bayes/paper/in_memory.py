"""Outcomes without a file, built from the fields of a trial file as arguments or as columns of a data frame."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
from pydantic import Field

from bayes.base.documents import TomlTable
from bayes.base.toml import validate
from bayes.errors import InvalidInput, Mistake
from bayes.paper.annotations import NOT_STATED, ArmNames
from bayes.paper.evidence import BY_KIND, Estimate
from bayes.paper.missing import more_than_randomised
from bayes.paper.trial import Outcome, Trial

# the elements of an arm given as a tuple, by evidence kind
ARM = {"binary": ("events", "n"), "events": ("events", "n"), "means": ("mean", "sd", "n")}
REASONS = {"mcid": "rationale", "planned": "source", "margin": "source"}
COLUMNS = re.compile(
    r"(?P<arm>treatment|control)_(?P<field>events|n|mean|sd|persons|exposure|percent|at_most_percent|at_most|at_least)"
)
BOUNDS = {"at_most", "at_least", "at_most_percent"}
WORDS = ("categories", "cuts", "rows", "label", "notes", "source", "per", "patients", "scale")  # text, never numbers
REQUIRED = ("measure", "benefit")
GIVEN = (
    "o_minus_e",
    "cuts",
    "goal",
    "rows",
    "significant",
    "treatment_only",
)  # fields, besides the named arguments, that suffice as evidence
ACCEPTED = "`estimate` with `ci`, `se` or `p`; `treatment` and `control`; `p` or `significant` with `favours`"
NUMBER = re.compile(r"[-+]?\d+(\.\d*)?([eE][-+]?\d+)?")


class InMemory(Trial):
    """The trial of an outcome without a file, about which nothing else is known."""

    title: str = NOT_STATED
    year: int | None = None  # type: ignore[assignment]  # no publication, so no year
    condition: str = NOT_STATED
    design: str = NOT_STATED
    arms: ArmNames = Field(default=ArmNames(treatment="treatment", control="control"))

    def _says_how_many(self) -> Iterable[Mistake]:
        """Require no number of patients, which an effect with its interval does not need."""
        return more_than_randomised(self)


def outcome(
    *,
    measure: str,
    benefit: str,
    kind: str | None = None,
    estimate: float | str | None = None,
    ci: tuple[float | str, float | str] | None = None,
    se: float | str | None = None,
    p: float | str | None = None,
    treatment: Sequence[object] | Mapping[str, object] | None = None,
    control: Sequence[object] | Mapping[str, object] | None = None,
    mcid: float | str | Mapping[str, object] | None = None,
    trial: str = "in_memory",
    name: str = "outcome",
    label: str | None = None,
    **fields: Any,
) -> Outcome:
    """Build an outcome from what a paper prints, with the checks of a trial file.

    Parameters
    ----------
    measure : str
        Measure of effect, such as "hazard_ratio" (`bayes list measures`).
    benefit : {"higher", "lower"}
        The direction of the effect that is good for the patient.
    kind : str, optional
        The kind of evidence; by default it follows from the other arguments and, for two arms, from the measure.
    estimate : float or str, optional
        The printed effect, on the measure's own scale. Write "0.80" as text to keep trailing zeros: the rounding is
        inferred from the digits.
    ci : (low, high), optional
        The printed 95% interval, on the measure's own scale; another `level` is a further field.
    se : float or str, optional
        Standard error, on the analysis scale (the logarithm, for ratios).
    p : float or str, optional
        Two-sided p-value.
    treatment, control : tuple, list or mapping, optional
        The arms: (events, n) of persons or of events, (mean, sd, n), the counts of an ordinal scale, or a mapping with
        the names of a trial file, such as {"events": 12, "n": 60, "persons": 9}.
    mcid : float, str or mapping, optional
        The minimal clinically important difference, on the measure's own scale; a mapping adds its `rationale`.
    trial, name : str
        Identifiers of the trial and of the outcome in it.
    label : str, optional
        What was measured, in words; its name by default.
    **fields
        Further fields of an outcome, or of its evidence, as in a trial file.

    Returns
    -------
    Outcome

    Raises
    ------
    InvalidInput
        If there are mistakes; lists all of them, each with the name of its field.

    Examples
    --------
    >>> import bayes
    >>> bayes.outcome(measure="hazard_ratio", benefit="lower", estimate=0.75, ci=(0.55, 1.02), mcid=0.9)
    Outcome(in_memory:outcome: outcome; hazard_ratio, lower is better; estimate)
    >>> bayes.outcome(measure="odds_ratio", benefit="lower", treatment=(44, 124), control=(57, 125)).evidence.control.n
    125
    """
    stated: TomlTable = {"kind": kind, "estimate": estimate, "ci": ci, "se": se, "p": p, "treatment": treatment}
    stated |= {**fields, "control": control, "mcid": mcid, "measure": measure, "benefit": benefit}
    stated["label"] = label or name
    if all(_missing(value) for value in (estimate, ci, p, treatment, *(fields.get(name) for name in GIVEN))):
        raise InvalidInput(f"{trial}:{name}", [Mistake("evidence", f"no evidence is given; accepted: {ACCEPTED}")])
    stated = {k: _written(v, numbers=k not in WORDS) for k, v in stated.items() if not _missing(v)}
    kind = stated.setdefault("kind", _kind(stated))
    model = BY_KIND.get(kind, Estimate)
    evidence = {key: stated.pop(key) for key in [*stated] if key in model.model_fields and key != "interval"}
    for arm in ("treatment", "control"):
        if isinstance(evidence.get(arm), list) and len(evidence[arm]) == len(ARM.get(kind, ())):
            evidence[arm] = dict(zip(ARM[kind], evidence[arm], strict=True))
    for threshold, reason in REASONS.items():
        if threshold in stated and not isinstance(stated[threshold], dict):
            stated[threshold] = {"value": stated[threshold], reason: NOT_STATED}
    about = {key: stated.pop(key) for key in [*stated] if key in Trial.model_fields and key not in Outcome.model_fields}
    data = {"id": trial, "outcomes": {name: {"source": NOT_STATED} | stated | {"evidence": evidence}}} | about
    try:
        made = validate(InMemory, data, f"{trial}:{name}").outcomes[name]
    except InvalidInput as error:
        raise InvalidInput(error.source, [_as_argument(m, f"outcomes.{name}.") for m in error.mistakes]) from None
    if measure == "mean_difference" and made.reference_sd[0] is None and (made.trial.n or made.evidence.sizes) is None:
        said = "neither `sd_ref` nor `n` is stated; a mean difference requires one of them"
        raise InvalidInput(f"{trial}:{name}", [Mistake("sd_ref", said)])
    return made


def outcomes(frame: pd.DataFrame, **common: Any) -> tuple[Outcome, ...]:
    """Build an outcome from every row of a data frame.

    Parameters
    ----------
    frame : DataFrame
        Columns are arguments of `bayes.outcome`; the limits of an interval are in `ci_low` and `ci_high`, arms in
        columns such as `treatment_events` and `control_n`. Missing values are omitted. Rows without a `trial` are
        named by the index.
    **common
        Arguments that are the same for every row.

    Returns
    -------
    tuple of Outcome
        In the order of the rows, each from a separate trial.

    Raises
    ------
    InvalidInput
        If there are mistakes; lists those of all rows.

    Examples
    --------
    >>> import bayes
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"estimate": [0.75, 0.9], "ci_low": [0.55, 0.7], "ci_high": [1.02, 1.16]}, ["A 2019", "B"])
    >>> [outcome.name for outcome in bayes.outcomes(frame, measure="hazard_ratio", benefit="lower")]
    ['A_2019:outcome', 'B:outcome']
    """
    made, mistakes = [], []
    for index, row in frame.iterrows():
        arguments = {**common, **_arguments({str(k): v for k, v in row.items() if not _missing(v)})}
        arguments["trial"] = _identifier(arguments.get("trial", index))
        if lacking := [name for name in REQUIRED if name not in arguments]:
            mistakes += [Mistake(f"row {index}: {name}", "required, but missing") for name in lacking]
            continue
        try:
            made.append(outcome(**arguments))
        except InvalidInput as error:
            mistakes += [Mistake(f"row {index}: {m.path}".rstrip(": "), m.message) for m in error.mistakes]
    names = [one.name for one in made]
    repeated = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    mistakes += [Mistake(name, "several rows have this name; it must be unique") for name in repeated]
    if mistakes:
        raise InvalidInput("data frame", mistakes)
    return tuple(made)


def _kind(stated: TomlTable) -> str:
    """Return the kind of evidence that the arguments describe."""
    named = {
        "estimate": "estimate",
        "ci": "estimate",
        "cuts": "ordinal_cut",
        "goal": "proportion",
        "rows": "adverse_events",
        "treatment_only": "paired_counts",
        "correlation": "paired_means",
        "difference": "paired_means",
    }
    for name, kind in named.items():
        if name in stated:
            return kind
    if any(isinstance(arm := stated.get(name), dict) and BOUNDS & arm.keys() for name in ("treatment", "control")):
        return "censored_counts"
    if "treatment" in stated:
        of_measure = {"common_odds_ratio": "ordinal", "rate_ratio": "events", "mean_difference": "means"}
        of_measure["standardised_mean_difference"] = "means"
        return of_measure.get(stated["measure"], "binary")
    return "significance" if "significant" in stated else "p_value"


def _arguments(row: TomlTable) -> TomlTable:
    """Convert the columns of a row to arguments."""
    found: TomlTable = {}
    low, high = row.pop("ci_low", None), row.pop("ci_high", None)
    if low is not None or high is not None:
        found["ci"] = ("none" if low is None else low, "none" if high is None else high)
    for column, value in row.items():
        if part := COLUMNS.fullmatch(column):
            found.setdefault(part["arm"], {})[part["field"]] = value
        else:
            found[column] = value
    return found


def _written(value: object, numbers: bool = True) -> object:
    """Convert a value to that of a file: numbers with their digits, arrays and tuples as lists."""
    if isinstance(value, np.ndarray | np.generic):
        value = value.tolist()
    if isinstance(value, Mapping):
        return {str(key): _written(one, numbers) for key, one in value.items() if not _missing(one)}
    if isinstance(value, list | tuple):
        return [_written(one, numbers) for one in value]
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < 1e15 else Decimal(repr(value))
    if numbers and isinstance(value, str) and NUMBER.fullmatch(value.strip()):
        return Decimal(value.strip())
    return value


def _missing(value: Any) -> bool:
    """Return whether a value, of any type, is None, a NaN or another value that pandas counts as missing."""
    return value is None or (pd.api.types.is_scalar(value) and bool(pd.isna(value)))


def _identifier(name: object) -> str:
    """Convert a name to an identifier of letters, digits and underscores."""
    text = re.sub(r"[^A-Za-z0-9]+", "_", str(name)).strip("_")
    return text or "row"


def _as_argument(mistake: Mistake, prefix: str) -> Mistake:
    """Replace the path of a mistake by the name of its argument."""
    return Mistake(mistake.path.removeprefix(prefix).removeprefix("evidence."), mistake.message)
