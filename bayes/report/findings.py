"""The summary of findings of a trial or of a synthesis: one line per outcome, as a page, a Word document and a CSV.

The columns are those of a GRADE summary of findings (GRADE handbook, section 6), with probabilities where that has a
verdict of significance: the relative effect, what it means per 1,000 patients at the risk observed under control, the
probability of benefit and that of a benefit that matters. The certainty of the evidence is left for the reader to judge
and to enter; risk of bias, indirectness and publication bias are in no number here.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, NamedTuple, TypedDict

from bayes.base.numbers import significant
from bayes.base.writing import write_text
from bayes.report.dossier.contents import Dossier
from bayes.report.dossier.reading import PER, has_headline, main_row, observed, sides
from bayes.results.office import write_document
from bayes.results.summary_file import long_as_csv
from bayes.text.rows import by_construction, effect, p_text, prior
from bayes.text.wording import sentence

FOLDER = "findings"
HEADINGS = (
    "outcome", "effect (95% CrI)", "without and with treatment (95% CrI)", "P(benefit)", "P(≥ MCID)", "certainty",
)  # fmt: skip
CERTAINTY = "to be judged"


class FindingRow(TypedDict):
    """An outcome under its main prior; effects are on the measure's own scale."""

    name: Annotated[str, "trial:outcome, or the id of a synthesis"]
    outcome: Annotated[str, "its label"]
    evidence: Annotated[str, "what was printed"]
    patients_treatment: Annotated[int | None, "patients of the trial"]
    patients_control: Annotated[int | None, "patients of the trial"]
    trials: Annotated[int | None, "trials that a synthesis combines"]
    prior: Annotated[str, "the main prior"]
    measure: Annotated[str, "of the effect"]
    benefit: Annotated[str, "which values of the measure are better"]
    estimate: Annotated[float | None, "posterior median"]
    estimate_low: Annotated[float | None, "lower limit of its 95% credible interval"]
    estimate_high: Annotated[float | None, "upper limit"]
    per: Annotated[str | None, "what risks and rates are per"]
    control: Annotated[float | None, "the risk or rate observed without treatment"]
    treated: Annotated[float | None, "the one that the effect makes of it, posterior median"]
    treated_low: Annotated[float | None, "lower limit of its 95% credible interval"]
    treated_high: Annotated[float | None, "upper limit"]
    p_benefit: Annotated[float | None, "P(any benefit)"]
    mcid: Annotated[float | None, "the smallest effect that matters"]
    p_mcid: Annotated[float | None, "P(a benefit that matters)"]
    certainty: Annotated[str, "for the reader to judge"]


class Table(NamedTuple):
    """A summary of findings as text."""

    cells: list[tuple[str, ...]]
    notes: list[str]


def findings(dossiers: Sequence[Dossier]) -> list[FindingRow]:
    """Return a row for each outcome or synthesis with a single effect and a posterior.

    Parameters
    ----------
    dossiers : sequence of Dossier
        Those of one trial, or that of one synthesis.
    """
    return [_row(one) for one in dossiers if one["main"] is not None and one["kind"] != "adverse_events"]


def _row(dossier: Dossier) -> FindingRow:
    row, trial, absolute = main_row(dossier), dossier["trial"], observed(dossier)
    n = None if trial is None else trial["n"]
    shown = has_headline(dossier) and by_construction(row) is None
    return {
        "name": dossier["name"],
        "outcome": dossier["label"],
        "evidence": dossier["evidence_kind"],
        "patients_treatment": n["treatment"] if n else None,
        "patients_control": n["control"] if n else None,
        "trials": len(dossier["members"]) or None,
        "prior": prior(row),
        "measure": dossier["measure"],
        "benefit": dossier["benefit"],
        "estimate": row["estimate"],
        "estimate_low": row["estimate_low"],
        "estimate_high": row["estimate_high"],
        "per": (absolute.per or "patient") if absolute else None,
        "control": absolute.control if absolute else None,
        "treated": absolute.treated if absolute else None,
        "treated_low": absolute.low if absolute else None,
        "treated_high": absolute.high if absolute else None,
        "p_benefit": row["p_benefit"] if shown else None,
        "mcid": row["mcid"],
        "p_mcid": row["p_mcid"] if shown else None,
        "certainty": "",
    }


def as_table(dossiers: Sequence[Dossier]) -> Table:
    """Return the summary of findings for a reader, with the notes below it.

    Parameters
    ----------
    dossiers : sequence of Dossier
        Those of one trial, or that of one synthesis.
    """
    cells: list[tuple[str, ...]] = []
    priors: dict[str, None] = {}
    shown = [one for one in dossiers if one["main"] is not None and one["kind"] != "adverse_events"]
    for dossier in shown:
        row = main_row(dossier)
        priors.setdefault(prior(row), None)
        better = f"{dossier['measure'].replace('_', ' ')}, {dossier['benefit']} is better"
        cells.append(
            (
                dossier["label"],
                f"{effect(row)}; {better}",
                _without_and_with(dossier),
                _benefit(dossier),
                p_text(row, "p_mcid") if by_construction(row) is None else "",
                CERTAINTY,
            )
        )
    return Table(cells, _notes(shown, list(priors)))


def _benefit(dossier: Dossier) -> str:
    row = main_row(dossier)
    settled = by_construction(row)
    if not has_headline(dossier):
        return "arms alike"
    return p_text(row, "p_benefit") if settled is None else f"{settled} by construction"


def _without_and_with(dossier: Dossier) -> str:
    """Return the risk per 1,000 patients, or the rate, under control and under treatment."""
    found = observed(dossier)
    if found is None:
        return "not counted in the report" if dossier["absolute"]["rows"] else "no risk follows from this measure"
    if found.per:
        rates = (significant(rate, 2) for rate in found[:4])
        return "{} and {} ({} to {}) events per {}".format(*rates, found.per)
    counts = (f"{PER * risk:.0f}" for risk in found[:4])
    return "{} and {} ({} to {}) per 1,000".format(*counts)


def _notes(dossiers: Sequence[Dossier], priors: Sequence[str]) -> list[str]:
    said = [f"CrI: credible interval. Prior: {'; '.join(priors)}."]
    if any(observed(one) for one in dossiers):
        of = (
            "the median risk of the control arms"
            if any(one["pooling"] for one in dossiers)
            else "the control arm's risk"
        )
        said.append(f"Without treatment: {of}, taken as known; with treatment: what the effect makes of it.")
    for good, bad in dict.fromkeys(sides(one) for one in dossiers if observed(one) and one["absolute"]["counted"]):
        said.append(f"On an ordinal scale, the risk is that of patients {good}, or {bad} if lower is better.")
    bias = next((one["trial"]["risk_of_bias"] for one in dossiers if one["trial"]), None)
    stated = f"; risk of bias as stated: {bias}" if bias else ""
    said.append(f"The certainty of the evidence is for the reader to judge{stated}.")
    return list(map(sentence, said))


def write(root: Path, name: str, title: str, dossiers: Sequence[Dossier]) -> list[Path]:
    """Write the summary of findings of a trial or a synthesis as CSV and as a Word document; return both paths.

    Parameters
    ----------
    root : Path
        The folder of the report.
    name : str
        The id of the trial or the synthesis.
    title : str
        Its title, which heads the document.
    dossiers : sequence of Dossier

    Returns
    -------
    list of Path
        Empty if there is nothing to summarise.
    """
    rows = findings(dossiers)
    if not rows:
        return []
    table, folder = as_table(dossiers), root / FOLDER
    write_text(folder / f"{name}.csv", long_as_csv(rows, FindingRow))
    lines = [HEADINGS, *(cells[:-1] + ("",) for cells in table.cells)]  # with room to enter the certainty
    write_document(folder / f"{name}.docx", " ".join(table.notes), [(f"Summary of findings: {title}", lines)])
    return [folder / f"{name}.csv", folder / f"{name}.docx"]
