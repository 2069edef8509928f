"""The tables of the page of an outcome or a synthesis, from its dossier; empty text for one that is left out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict, cast

from markupsafe import Markup

from bayes.base.numbers import in_table, probability, rounded, significant
from bayes.base.tables import Rows
from bayes.likelihoods.effect_structures import structure_for
from bayes.paper.annotations import NOT_STATED
from bayes.paper.scales import dichotomies
from bayes.pooling import layout as pooling_layout
from bayes.report.dossier.contents import DerivedQuantity, Diagnosed, Dossier, PriorPart, Row
from bayes.report.dossier.reading import explanation, has_headline
from bayes.report.pages import abridged
from bayes.report.pages.tables import table
from bayes.report.pages.terms import of_shown
from bayes.sensitivity.layout import TITLES, lay_out
from bayes.text.rows import Probability, effect, p_text, parameter, prior, without_the_middle
from bayes.text.wording import listed, sentence

MAIN = ("effect", "mu")
PROBABILITIES: dict[str, Probability] = {
    "P(benefit)": "p_benefit",
    "P(≥ MCID)": "p_mcid",
    "P(harm)": "p_harm",
    "P(not worse)": "p_margin",
}
ABSOLUTE = {
    "risk_treatment": "risk, treated",
    "risk_control": "risk, control",
    "risk_difference": "risk difference",
    "rate_difference": "rate difference",
    **{f"p_{cut.name}_difference": f"{cut.label}, difference" for cut in dichotomies().values()},
    "nnt": "number needed to treat",
}


def first_rows(dossier: Dossier) -> list[Row]:
    """Select the rows a reader wants first: every parameter of the main posterior, the effect or mu of the others.

    Of many trials in a synthesis, those with the lowest and the highest effects.
    """
    key = None if dossier["main"] is None else dossier["main"]["key"]
    shown = of_shown(dossier, dossier["rows"])
    return without_the_middle([row for row in shown if row["key"] == key or _is_first(row)])


def _is_first(row: Row) -> bool:
    return row["parameter"] in MAIN or row["status"] == "skipped" or row["model"] == structure_for("table").name


def posteriors(caption: str, rows: Sequence[Row]) -> Markup:
    """Return the effect and the probabilities of each row, in the six columns that a reader needs.

    The rows of a single effect are named by their priors. Of a synthesis, the mean under each prior comes first, then
    the other parameters of the main posterior; of a table of adverse events, the terms under each prior.
    """
    of = {heading: name for heading, name in PROBABILITIES.items() if any(row[name] is not None for row in rows)}
    single = all(row["parameter"] in MAIN for row in rows)
    groups, cells = [], []
    for row in sorted(rows, key=lambda row: row["parameter"] != "mu") if not single else rows:
        of_mean = row["parameter"] == "mu"
        groups.append("The mean" if of_mean else f"Under the prior {prior(row)}")
        name = prior(row) if single or of_mean else parameter(row)
        state = "" if row["status"] == "ok" else f" ({row['status']})"
        cells.append((name + state, effect(row), *(p_text(row, p) for p in of.values())))
    headings = ("prior" if single else "parameter or prior", "median (95% CrI)", *of)
    return table(caption, headings, cells, None if single else groups, _note(rows))


def _note(rows: Sequence[Row]) -> str:
    """Return what a reader of posteriors must know of the columns, and why a prior could not be formed.

    Why a row failed its checks stands with the notes of the page.
    """
    said = ["CrI: equal-tailed credible interval, on the measure's own scale."]
    if any(row["parameter"] == "tau" for row in rows):
        said.append("tau is on the analysis scale.")
    if any(row["p_margin"] is not None for row in rows):
        said.append("P(not worse): no worse than the trial's margin allows.")
    if all(row["status"] == "ok" for row in rows):
        said.append("Every posterior passed its convergence checks.")
    reasons: dict[str, dict[str, None]] = {}
    for row in rows:
        if row["status"] == "skipped" and row["reason"]:
            reasons.setdefault(row["reason"], {})[row["prior"]] = None
    said += [sentence(f"{listed(names)}: {reason}") for reason, names in reasons.items()]
    return " ".join(said)


def all_posteriors(dossier: Dossier) -> Markup:
    """Return every row with its prior as a distribution, all its probabilities and its status."""
    of = PROBABILITIES | {"P(ROPE)": "p_rope"}
    headings = ("parameter", "prior", "distribution", "median (95% CrI)", *of, "status", "reason")
    cells = [
        (
            *(parameter(row), prior(row), rounded(row["prior_distribution"]), effect(row)),
            *(p_text(row, p) for p in of.values()),
            *(row["status"], row["reason"] or ""),
        )
        for row in of_shown(dossier, abridged.of_parameters(dossier))
    ]
    note = abridged.said(dossier, "Without the effects of single trials")
    return table("Every posterior and parameter", headings, cells, note=note)


class SensitivityTables(TypedDict):
    """The tables of the sections on sensitivity and on absolute effects; empty text for one that is left out."""

    verdict_table: Markup | str
    sensitivity_tables: list[tuple[str, Markup]]  # with their titles
    absolute_table: Markup | str


# the questions that remain if no patient, or every patient, had the event
WITHOUT_DIRECTION = ("prior_weight", "conflict")


def sensitivity_tables(dossier: Dossier) -> SensitivityTables:
    """Return the verdicts, every other question of sensitivity, and the absolute effects by control risk."""
    tables = cast(dict[str, Rows], dossier["sensitivity"]["tables"])  # of any name, each with rows of its own
    if not has_headline(dossier):
        tables = {name: found for name, found in tables.items() if name in WITHOUT_DIRECTION}
    verdicts = [table(*one) for one in lay_out({"verdicts": tables.get("verdicts", [])})]
    others = {name: found for name, found in tables.items() if name not in ("verdicts", "baseline_risk")}
    others = abridged.of_sensitivity(dossier, others)
    most = {TITLES[name]: abridged.said(dossier, "The trials that matter most") for name in ("influence", "extraction")}
    rows = dossier["absolute"]["rows"]
    absolute = list(lay_out({"baseline_risk": rows}))
    if dossier["measure"] == "rate_ratio":
        absolute = [_of_rates(one, rows[0].get("per") or "") for one in absolute]
    return {
        "verdict_table": verdicts[0] if verdicts else "",
        "sensitivity_tables": [(one[0], table(*one, note=most.get(one[0], ""))) for one in lay_out(others)],
        "absolute_table": table(*absolute[0]) if absolute else "",
    }


def _of_rates(laid: tuple[str, list[str], list[list[str]]], per: str) -> tuple[str, list[str], list[list[str]]]:
    """Relabel a table of control risks, which for a rate ratio holds events per participant or unit of exposure."""
    title, headings, cells = laid
    words = {"control risk": f"control rate (events per {per})", "treated": "treated rate"}
    return title.replace("risks", "rates"), [words.get(h, h) for h in headings], cells


class ModelTables(TypedDict):
    """The tables of the sections on the model and its priors."""

    parameter_table: Markup
    file_table: Markup
    prior_table: Markup


def of_pooling(dossier: Dossier) -> list[Markup]:
    """Return what the mean of a synthesis rests on, a table for each question."""
    pooling = dossier["pooling"]
    if pooling is None:
        return []
    shown = abridged.of_explanation(dossier, explanation(pooling))
    most = abridged.said(dossier, "The trials without which the mean moves most")
    left_out = pooling_layout.TITLES["leave_one_out"]
    return [table(*laid, note=most if laid[0] == left_out else "") for laid in pooling_layout.lay_out(shown)]


def derived(dossier: Dossier) -> Markup | str:
    """Return risks, rates, their differences and numbers needed to treat, from the draws of the relative effect."""
    found: dict[str, dict[str, DerivedQuantity]] = {}
    for row in dossier["rows"]:
        quantities = row["quantities"] if row["parameter"] in MAIN else {}
        if any(name in ABSOLUTE for name in quantities):
            found.setdefault(prior(row), quantities)
    headings = list(ABSOLUTE.values())
    rows = [(who, *(_said(quantities.get(name)) for name in ABSOLUTE)) for who, quantities in found.items()]
    return table("From the same draws: median (95% CrI)", ("prior", *headings), rows) if rows else ""


def _said(quantity: DerivedQuantity | None) -> str:
    if quantity is None:
        return ""
    if "text" in quantity:
        return quantity["text"]
    return f"{in_table(quantity['median'])} ({in_table(quantity['low'])} to {in_table(quantity['high'])})"


def model_tables(dossier: Dossier) -> ModelTables:
    """Return the parameters of the model, its files and the priors with their reasons."""
    model = dossier["model"]
    parameters = [(p["name"], p["role"], rounded(p["prior"])) for p in model["parameters"]] if model else []
    priors = [
        (p["name"], p["kind"], rounded(p["distribution"]) or p["reason"] or "", *_why(p)) for p in dossier["priors"]
    ]
    return {
        "parameter_table": table("Parameters", ("parameter", "role", "prior"), parameters),
        "file_table": table("Files", ("file", "SHA-256"), list(model["files"].items()) if model else []),
        "prior_table": table("Priors", ("prior", "of", "distribution", "basis", "rationale", "source"), priors),
    }


def _why(prior: PriorPart) -> tuple[str, ...]:
    return tuple(said or NOT_STATED for said in (prior["basis"], prior["rationale"], prior["source"]))


def before_any_data(dossier: Dossier) -> Markup | str:
    """Return what each prior implies for the effect and, for a binary outcome, for the risks."""
    rows = [
        (
            row["prior"],
            f"{in_table(row['estimate'])} ({in_table(row['estimate_low'])} to {in_table(row['estimate_high'])})",
            probability(row["p_benefit"], table=True),
            probability(row["p_mcid"], table=True),
            _range(row["control_risk_low"], row["control_risk_high"]),
            _range(row["difference_low"], row["difference_high"]),
        )
        for row in dossier["prior_predictive"]
        if row["estimate"] is not None
    ]
    headings = ("prior", "effect: median (95%)", "P(benefit)", "P(≥ MCID)", "control risk, 95%", "risk difference, 95%")
    used = [i for i in range(len(headings)) if any(row[i] for row in rows)]
    kept = [[row[i] for i in used] for row in rows]
    return table("Before any data: what each prior implies", [headings[i] for i in used], kept) if rows else ""


def cutoffs(dossier: Dossier) -> Markup | str:
    """Return the probabilities at the cut-offs customary in reanalyses, a column each."""
    found = dossier["cutoffs"]
    if not found or not has_headline(dossier):
        return ""
    headings = ("prior", *(f"{significant(cut)} or better" for cut, _ in found[0]["beyond"]))
    rows = [(row["prior"], *(probability(p, table=True) for _, p in row["beyond"])) for row in found]
    return table("Probability of an effect at least this good", headings, rows, note="By quadrature.")


def categories(dossier: Dossier) -> Markup | str:
    """Return the shares of control patients in each category that each prior implies."""
    found = [(row["prior"], row["categories"]) for row in dossier["prior_predictive"] if row["categories"]]
    if not found:
        return ""
    headings = ("prior", *(share["category"] for share in found[0][1]))
    rows = [(prior, *(f"{share['low']:.2f} to {share['high']:.2f}" for share in shares)) for prior, shares in found]
    return table("Before any data: share of each category under control, 95% interval", headings, rows)


def _range(low: float | None, high: float | None) -> str:
    return "" if low is None else f"{in_table(low)} to {in_table(high)}"


def predicted(dossier: Dossier) -> Markup | str:
    """Return each printed number beside the interval in which the fitted model predicts it."""
    rows = []
    for row in dossier["predictive"]["rows"]:
        numbers = (row["observed"], row["low"], row["high"])
        counts = all(value is not None and value == int(value) for value in numbers)
        printed, low, high = (f"{value:,.0f}" if counts else in_table(value) for value in numbers)
        rows.append((row["quantity"], row["arm"] or "", printed, f"{low} to {high}", "yes" if row["inside"] else "no"))
    headings = ("quantity", "arm", "printed", "predicted, 95%", "inside")
    return table("Printed and predicted", headings, rows) if rows else ""


def _compared(row: Diagnosed) -> tuple[float | None, ...]:
    """Return the Monte Carlo error, the sampled and the exact value of each probability, then both means."""
    of_benefit = row["mcse_p_benefit"], row["p_benefit"], row["exact_p_benefit"]
    of_mcid = row["mcse_p_mcid"], row["p_mcid"], row["exact_p_mcid"]
    return *of_benefit, *of_mcid, row["mean"], row["exact_mean"]


def diagnostics(dossier: Dossier) -> tuple[Markup, Markup]:
    """Return the state of each posterior in six columns, and every diagnostic and comparison in another table."""
    found = dossier["diagnostics"]
    by = "; ".join(dict.fromkeys(filter(None, (row["exact_method"] for row in found))))
    exactly = f"Exact values by {by}." if by else ""
    brief = [
        (
            *(_named(row), in_table(row["r_hat"]), _count(row["ess_bulk"])),
            _fine(row["p_benefit"]) + ("" if row["mcse_p_benefit"] is None else f" ± {row['mcse_p_benefit']:.4f}"),
            *(_fine(row["exact_p_benefit"]), row["status"]),
        )
        for row in found
    ]
    headings = ("prior", "R-hat", "ESS bulk", "P(benefit) ± MCSE", "exact", "status")
    whole = [
        (
            *(_named(row), in_table(row["r_hat"]), _count(row["ess_bulk"]), _count(row["ess_tail"])),
            "" if row["divergences"] is None else f"{row['divergences']:.0f}",
            *map(_fine, _compared(row)),
            row["status"],
        )
        for row in found
    ]
    every = (
        "prior", "R-hat", "ESS bulk", "ESS tail", "divergences", "MCSE of P(benefit)", "P(benefit)", "exact",
        "MCSE of P(≥ MCID)", "P(≥ MCID)", "exact", "mean", "exact", "status",
    )  # fmt: skip
    note = f"Means are on the analysis scale. {exactly}".strip()
    return table("Sampled and exact", headings, brief, note=exactly), table("Every diagnostic", every, whole, note=note)


def _named(row: Diagnosed) -> str:
    return ", ".join(filter(None, (row["prior"], row["heterogeneity"] and f"tau {row['heterogeneity']}")))


def _count(value: float | None) -> str:
    return "" if value is None else f"{value:,.0f}"


def _fine(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"
