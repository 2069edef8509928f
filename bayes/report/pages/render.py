"""The rendering of dossiers and figures as HTML by the templates; everything from a file or a table is escaped."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from latex2mathml.converter import convert
from markupsafe import Markup

from bayes.base.numbers import in_table, probability, significant
from bayes.paper.trial import Trial
from bayes.pooling import layout as pooling
from bayes.report.dossier.disclosures import Counted
from bayes.report.own_prior import section
from bayes.report.pages import methods
from bayes.report.pages.figures import Picture
from bayes.report.pages.overview import LEGEND, outcome_rows
from bayes.report.pages.tables import table
from bayes.sensitivity.layout import lay_out
from bayes.text.files import Portrait, portrait
from bayes.text.rows import effect, p_text, prior, rounded
from bayes.text.wording import has_headline

Dossier = Row = dict[str, Any]
MAIN = ("effect", "mu")
INDEX, CHECKLIST = "index.html", "checklist.html"
ABSOLUTE = ("risk_treatment", "risk_control", "risk_difference", "rate_difference", "p_mrs_0_2_difference", "nnt")


@cache
def environment() -> Environment:
    """Return the templates, with autoescaping; a variable that a template expects but does not get is an error."""
    made = Environment(
        loader=PackageLoader("bayes.report.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["cited"] = methods.cited
    return made


def render(template: str, counted: Counted, root: str = "../", trail: Sequence[tuple[str, str]] = (), **more) -> str:
    """Render a page.

    Parameters
    ----------
    template : str
        A file name in `templates/`.
    counted : Counted
        The numbers of outcomes, syntheses and posteriors, for the footer.
    root : str
        The relative path from the page to the root of the site.
    trail : sequence of (place, name)
        Further links for the navigation.
    **more
        Variables of the template.

    Returns
    -------
    str
    """
    script = section.script()
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        environment()
        .get_template(template)
        .render(
            root=root,
            trail=trail,
            counted=str(counted),
            version=version("bayes-reanalysis"),
            style=Markup((files("bayes.report.pages") / "site.css").read_text(encoding="utf-8") + section.style()),
            script=Markup(script),
            script_source=f"'sha256-{digest}'",  # the only script that may run, whatever else a page contains
            **more,
        )
    )


def target_page(dossier: Dossier, pictures: Sequence[Picture], curve: dict[str, Any] | None, counted: Counted) -> str:
    """Return the page of an outcome or a synthesis."""
    trial = dossier["trial"]
    return render(
        "target.html",
        counted,
        trail=() if trial is None else ((f"trials/{trial['id']}.html", trial["id"]),),
        dossier=dossier,
        pictures=pictures,
        own_prior=curve,
        formulas=[Markup(convert(f, display="block")) for f in (dossier["model"] or {"formulas": ()})["formulas"]],
        notes=list(dict.fromkeys((r["prior"], r["note"]) for r in dossier["rows"] if r["note"])),
        printed_tables=[table(t["title"], t["headings"], t["cells"]) for t in dossier["printed"]["tables"]],
        posterior_table=_posteriors("The effect under every prior", _first(dossier)),
        all_posteriors=_all(dossier),
        pooling_tables=[table(*one) for one in pooling.lay_out(dossier["pooling"])] if dossier["pooling"] else [],
        **_sensitivity(dossier),
        derived_table=_derived(dossier),
        **_model(dossier),
        cutoff_table=_cutoffs(dossier),
        before_table=_before(dossier),
        category_table=_categories(dossier),
        predictive_table=_predictive(dossier),
        diagnostic_table=_diagnostics(dossier),
    )


def trial_page(trial: Trial, dossiers: Sequence[Dossier], counted: Counted) -> str:
    """Return the page of a trial: the content of its file, and its outcomes."""
    page: Portrait = portrait(trial)
    left_out = [part for part in page.parts if part.name == trial.id]
    headings, rows, _ = outcome_rows(dossiers, "../")
    outcomes = table("Outcomes of this trial under the main prior", headings, rows, note=LEGEND)
    return render("trial.html", counted, page=page, outcome_table=outcomes, left_out=left_out)


def index_page(dossiers: Sequence[Dossier], counted: Counted) -> str:
    """Return the overview of all outcomes and syntheses."""
    tables = {}
    for name, caption, kept in (
        ("synthesis_table", "Syntheses: the mean effect", [d for d in dossiers if d["trial"] is None]),
        ("outcome_table", "Outcomes by trial", [d for d in dossiers if d["trial"] is not None]),
    ):
        headings, rows, groups = outcome_rows(kept, "")
        tables[name] = table(caption, headings, rows, groups if name == "outcome_table" else None) if rows else ""
    missing = ", ".join(d["name"] for d in dossiers if d["main"] is None)
    return render("index.html", counted, "", count=len(dossiers), legend=LEGEND, missing=missing, **tables)


def methods_page(counted: Counted) -> str:
    """Return the page with the shipped statement of methods."""
    return render("methods.html", counted, "", statement=methods.statement())


def _first(dossier: Dossier) -> list[Row]:
    """Select the rows a reader wants first: every parameter of the main posterior, the effect or mu of the others."""
    key = None if dossier["main"] is None else dossier["main"]["key"]
    kept = {"key": (key,), "parameter": MAIN, "status": ("skipped",), "model": ("adverse_event_hierarchy",)}
    return [row for row in dossier["rows"] if any(row[name] in values for name, values in kept.items())]


def _all(dossier: Dossier) -> Markup | str:
    """Return a table of every row, if the first table omits some."""
    some_left = len(_first(dossier)) < len(dossier["rows"])
    return _posteriors("Every posterior and parameter", dossier["rows"]) if some_left else ""


def _posteriors(caption: str, rows: Sequence[Row]) -> Markup:
    of = {"P(benefit)": "p_benefit", "P(≥ MCID)": "p_mcid", "P(harm)": "p_harm", "P(ROPE)": "p_rope"}
    if any(row.get("p_margin") is not None for row in rows):
        of["P(not worse)"] = "p_margin"
    headings = ("parameter", "prior", "distribution", "median (95% CrI)", *of)
    several, all_sound = len({row["parameter"] for row in rows}) > 1, all(row["status"] == "ok" for row in rows)
    cells = []
    for row in rows:
        name = (row["parameter"] or "effect").removeprefix("effect[").removesuffix("]") if several else ""
        probabilities = [p_text(row, p) for p in of.values()]
        said = (name, prior(row), rounded(row["prior_distribution"]), effect(row))
        cells.append((*said, *probabilities, "" if all_sound else row["status"], row["reason"] or ""))
    tau = " tau is on the analysis scale." if any(row["parameter"] == "tau" for row in rows) else ""
    sound = " Every posterior passed its convergence checks." if all_sound else ""
    margin = " P(not worse): no worse than the trial's margin allows." if "P(not worse)" in of else ""
    note = f"CrI: equal-tailed credible interval, on the measure's own scale.{tau}{margin}{sound}"
    return table(caption, (*headings, "status", "reason"), cells, note=note)


# the questions that remain if no patient, or every patient, had the event
WITHOUT_DIRECTION = ("prior_weight", "conflict")


def _sensitivity(dossier: Dossier) -> dict[str, Any]:
    rows = dossier["sensitivity"]["tables"]
    if not has_headline(dossier):
        rows = {name: found for name, found in rows.items() if name in WITHOUT_DIRECTION}
    verdicts = [table(*one) for one in lay_out({"verdicts": rows.get("verdicts", [])})]
    others = {name: found for name, found in rows.items() if name not in ("verdicts", "baseline_risk")}
    rows = dossier["absolute"]["rows"]
    absolute = list(lay_out({"baseline_risk": rows}))
    if dossier["measure"] == "rate_ratio":
        absolute = [_of_rates(one, rows[0]["per"]) for one in absolute]
    return {
        "verdict_table": verdicts[0] if verdicts else "",
        "sensitivity_tables": [(one[0], table(*one)) for one in lay_out(others)],
        "absolute_table": table(*absolute[0]) if absolute else "",
    }


def _of_rates(laid: tuple[str, list[str], list[list[str]]], per: str) -> tuple[str, list[str], list[list[str]]]:
    """Relabel a table of control risks, which for a rate ratio holds events per participant or unit of exposure."""
    title, headings, cells = laid
    words = {"control risk": f"control rate (events per {per})", "treated": "treated rate"}
    return title.replace("risks", "rates"), [words.get(h, h) for h in headings], cells


def _derived(dossier: Dossier) -> Markup | str:
    """Return risks, rates, their differences and numbers needed to treat, from the draws of the relative effect."""
    found = {}
    for row in dossier["rows"]:
        derived = json.loads(row["derived"] or "{}") if row["parameter"] in MAIN else {}
        if any(name in ABSOLUTE for name in derived):
            found.setdefault(prior(row), derived)
    headings = [name.replace("_", " ") for name in ABSOLUTE]
    rows = [(who, *(_said(derived.get(name)) for name in ABSOLUTE)) for who, derived in found.items()]
    return table("From the same draws: median (95% CrI)", ("prior", *headings), rows) if rows else ""


def _said(derived: dict[str, Any] | None) -> str:
    if derived is None:
        return ""
    if "text" in derived:
        return str(derived["text"])
    return f"{in_table(derived['median'])} ({in_table(derived['low'])} to {in_table(derived['high'])})"


def _model(dossier: Dossier) -> dict[str, Any]:
    model = dossier["model"] or {"parameters": [], "files": {}}
    parameters = [(p["name"], p["role"], rounded(p["prior"])) for p in model["parameters"]]
    files_used = list(model["files"].items())
    priors = [
        (p["name"], p["kind"], rounded(p["distribution"]) or p["reason"] or "", *(p[k] or "not stated" for k in WHY))
        for p in dossier["priors"]
    ]
    return {
        "parameter_table": table("Parameters", ("parameter", "role", "prior"), parameters),
        "file_table": table("Files", ("file", "SHA-256"), files_used),
        "prior_table": table("Priors", ("prior", "of", "distribution", *WHY), priors),
    }


WHY = ("basis", "rationale", "source")


def _before(dossier: Dossier) -> Markup | str:
    rows = [
        (
            row["prior"],
            f"{in_table(row['estimate'])} ({in_table(row['estimate_low'])} to {in_table(row['estimate_high'])})",
            *(probability(row[p], table=True) for p in ("p_benefit", "p_mcid")),
            _range(row, "control_risk"),
            _range(row, "difference"),
        )
        for row in dossier["prior_predictive"]
        if row["estimate"] is not None
    ]
    headings = ("prior", "effect: median (95%)", "P(benefit)", "P(≥ MCID)", "control risk, 95%", "risk difference, 95%")
    used = [i for i in range(len(headings)) if any(row[i] for row in rows)]
    kept = [[row[i] for i in used] for row in rows]
    return table("Before any data: what each prior implies", [headings[i] for i in used], kept) if rows else ""


def _cutoffs(dossier: Dossier) -> Markup | str:
    """Return the probabilities at the cut-offs customary in reanalyses, a column each."""
    found = dossier["cutoffs"]
    if not found or not has_headline(dossier):
        return ""
    headings = ("prior", *(f"{significant(cut)} or better" for cut, _ in found[0]["beyond"]))
    rows = [(row["prior"], *(probability(p, table=True) for _, p in row["beyond"])) for row in found]
    return table("Probability of an effect at least this good", headings, rows, note="By quadrature.")


def _categories(dossier: Dossier) -> Markup | str:
    """Return the shares of control patients in each category that each prior implies."""
    found = [row for row in dossier["prior_predictive"] if row["categories"]]
    if not found:
        return ""
    headings = ("prior", *(one["category"] for one in found[0]["categories"]))
    rows = [(row["prior"], *(f"{one['low']:.2f} to {one['high']:.2f}" for one in row["categories"])) for row in found]
    return table("Before any data: share of each category under control, 95% interval", headings, rows)


def _range(row: dict[str, Any], name: str) -> str:
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    return "" if low is None else f"{in_table(low)} to {in_table(high)}"


def _predictive(dossier: Dossier) -> Markup | str:
    rows = []
    for row in dossier["predictive"]["rows"]:
        numbers = [row[name] for name in ("observed", "low", "high")]
        counts = all(value == int(value) for value in numbers)
        printed, low, high = (f"{value:,.0f}" if counts else in_table(value) for value in numbers)
        rows.append((row["quantity"], row["arm"] or "", printed, f"{low} to {high}", "yes" if row["inside"] else "no"))
    headings = ("quantity", "arm", "printed", "predicted, 95%", "inside")
    return table("Printed and predicted", headings, rows) if rows else ""


COMPARED = (
    "mcse_p_benefit", "p_benefit", "exact_p_benefit", "mcse_p_mcid", "p_mcid", "exact_p_mcid", "mean", "exact_mean",
)  # fmt: skip


def _diagnostics(dossier: Dossier) -> Markup:
    rows = [
        (
            ", ".join(filter(None, (row["prior"], row["heterogeneity"] and f"tau {row['heterogeneity']}"))),
            in_table(row["r_hat"]),
            *("" if row[n] is None else f"{row[n]:,.0f}" for n in ("ess_bulk", "ess_tail")),
            "" if row["divergences"] is None else f"{row['divergences']:.0f}",
            *(_fine(row[n]) for n in COMPARED),
            row["status"],
        )
        for row in dossier["diagnostics"]
    ]
    headings = (
        "prior", "R-hat", "ESS bulk", "ESS tail", "divergences", "MCSE of P(benefit)", "P(benefit)", "exact",
        "MCSE of P(≥ MCID)", "P(≥ MCID)", "exact", "mean", "exact", "status",
    )  # fmt: skip
    by = "; ".join(dict.fromkeys(filter(None, (row["exact_method"] for row in dossier["diagnostics"]))))
    note = "Means are on the analysis scale." + (f" Exact values by {by}." if by else "")
    return table("Sampled and exact", headings, rows, note=note)


def _fine(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"
