"""The rendering of dossiers and figures as HTML by the templates; everything from a file or a table is escaped."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from importlib.metadata import version
from importlib.resources import files

from latex2mathml.converter import convert
from markupsafe import Markup

from bayes.paper.trial import Trial
from bayes.report.dossier.contents import Dossier
from bayes.report.dossier.disclosures import Counted
from bayes.report.findings import FOLDER, HEADINGS, as_table
from bayes.report.own_prior import section
from bayes.report.own_prior.section import OwnPrior
from bayes.report.pages import methods, terms
from bayes.report.pages import target_tables as tables
from bayes.report.pages.environment import environment
from bayes.report.pages.figures import Picture
from bayes.report.pages.headline import headline
from bayes.report.pages.navigation import CALIBRATION, CORPUS, places
from bayes.report.pages.operating_tables import of_operating
from bayes.report.pages.overview import LEGEND, VERDICTS, conclusions, outcome_rows
from bayes.report.pages.tables import table
from bayes.text.files import Portrait, portrait
from bayes.text.rows import MANY, remarks


def render(
    template: str, counted: Counted, root: str = "../", trail: Sequence[tuple[str, str]] = (), **more: object
) -> str:
    """Render a page.

    Parameters
    ----------
    template : str
        A file name in `templates/`.
    counted : Counted
        The numbers of outcomes, syntheses and posteriors, for the footer and for what there is to navigate to.
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
    pages = files("bayes.report.pages")
    script = section.script()
    return (
        environment()
        .get_template(template)
        .render(
            root=root,
            trail=trail,
            places=places(counted),
            counted=counted,
            version=version("bayes-reanalysis"),
            style=Markup((pages / "site.css").read_text(encoding="utf-8") + section.style()),
            script=Markup(script),
            opening=Markup(opening()),
            # the only scripts that may run, whatever else a page contains
            script_source=Markup(" ".join(map(source_of, (opening(), finding(), script)))),
            **more,
        )
    )


def finding() -> str:
    """Return the script that makes the tables of the overview searchable, filterable and sortable."""
    return (files("bayes.report.pages") / "overview.js").read_text(encoding="utf-8")


def opening() -> str:
    """Return the script that opens the part of a page that a link leads to."""
    return (files("bayes.report.pages") / "opening.js").read_text(encoding="utf-8")


def source_of(script: str) -> str:
    """Return a script as a page's security policy names it: by its hash."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


def target_page(dossier: Dossier, pictures: Sequence[Picture], curve: OwnPrior | None, counted: Counted) -> str:
    """Return the page of an outcome or a synthesis."""
    trial, shown = dossier["trial"], terms.of_shown(dossier, dossier["rows"])
    return render(
        "target.html",
        counted,
        trail=() if trial is None else ((f"trials/{trial['id']}.html", trial["id"]),),
        dossier=dossier,
        headline=headline(dossier),
        patients=_patients(dossier),
        many=MANY,
        pictures=pictures,
        own_prior=curve,
        formulas=[Markup(convert(f, display="block")) for f in dossier["model"]["formulas"]]
        if dossier["model"]
        else [],
        notes=list(remarks([row for row in shown if row["status"] != "skipped"], lambda row: row["prior"])),
        printed_tables=terms.printed_tables(dossier),
        further_terms=terms.further(dossier),
        posterior_table=tables.posteriors("The effect under every prior", tables.first_rows(dossier)),
        all_posteriors=tables.all_posteriors(dossier),
        pooling_tables=tables.of_pooling(dossier),
        **tables.sensitivity_tables(dossier),
        derived_table=tables.derived(dossier),
        **tables.model_tables(dossier),
        findings_table=_summary([dossier]) if trial is None else "",
        findings_file=f"{FOLDER}/{dossier['name']}",
        cutoff_table=tables.cutoffs(dossier),
        before_table=tables.before_any_data(dossier),
        category_table=tables.categories(dossier),
        predictive_table=tables.predicted(dossier),
        operating=list(of_operating(dossier)),
        diagnostic_tables=tables.diagnostics(dossier),
    )


def trial_page(trial: Trial, dossiers: Sequence[Dossier], counted: Counted) -> str:
    """Return the page of a trial: the content of its file, and its outcomes."""
    page: Portrait = portrait(trial)
    left_out = [part for part in page.parts if part.name == trial.id]
    headings, rows, _ = outcome_rows(dossiers, "../")
    outcomes = table("Outcomes of this trial under the main prior", headings, rows, note=LEGEND, name="overview")
    return render(
        "trial.html",
        counted,
        page=page,
        outcome_table=outcomes,
        left_out=left_out,
        findings_table=_summary(dossiers),
        findings_file=f"{FOLDER}/{trial.id}",
    )


def _patients(dossier: Dossier) -> str:
    """Return the number of patients in the trials of a synthesis, each trial once; empty if a file has none."""
    of = {member["trial"]["id"]: member["n"] for member in dossier["members"]}
    known = [n["treatment"] + n["control"] for n in of.values() if n is not None]
    return f" with {sum(known):,} patients" if known and len(known) == len(of) else ""


def _summary(dossiers: Sequence[Dossier]) -> Markup | str:
    """Return the summary of findings as a table; empty text if there is none."""
    found = as_table(dossiers)
    note = " ".join(found.notes)
    return table("Under the main prior", HEADINGS, found.cells, note=note, name="findings") if found.cells else ""


def index_page(dossiers: Sequence[Dossier], counted: Counted) -> str:
    """Return the overview of all outcomes and syntheses."""
    headings, rows, _ = outcome_rows([d for d in dossiers if d["trial"] is None], "")
    syntheses = table("Syntheses: the mean effect", headings, rows, name="overview") if rows else ""
    headings, rows, groups = outcome_rows([d for d in dossiers if d["trial"] is not None], "")
    return render(
        "index.html",
        counted,
        "",
        count=len(dossiers),
        corpus_page=CORPUS,
        calibration_page=CALIBRATION,
        legend=LEGEND,
        conclusions=conclusions(dossiers),
        verdicts=VERDICTS,
        finding=Markup(finding()),
        missing=", ".join(d["name"] for d in dossiers if d["main"] is None),
        synthesis_table=syntheses,
        outcome_table=table("Outcomes by trial", headings, rows, groups, name="overview") if rows else "",
    )


def methods_page(counted: Counted) -> str:
    """Return the page with the shipped statement of methods."""
    return render("methods.html", counted, "", statement=methods.statement())
