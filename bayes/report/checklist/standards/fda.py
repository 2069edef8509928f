"""The themes of the FDA's draft guidance on Bayesian methodology in trials of drugs and biologics (January 2026).

The items follow published summaries of the draft, not its text: no section is cited, and the wording is not the FDA's.
"""

from __future__ import annotations

from bayes.report.checklist.demands import (
    begins,
    disclosed,
    holds,
    is_sound,
    number,
    one_of,
    stated,
    there,
    wholly_stated,
)
from bayes.report.checklist.judgement import MUST, SHOULD, Exempt, Item, Pointer, SetFile, Target
from bayes.report.checklist.standards.common import (
    CONVERGED,
    METHODS,
    PRIOR_JUSTIFIED,
    REPRODUCIBLE,
    SETTINGS,
    SOFTWARE,
    TEXT,
    is_no_nuisance,
)
from bayes.report.dossier.contents import Kind, OperatingNumber, OperatingPart, PriorPart
from bayes.sensitivity.prior_data_conflict import ConflictRow
from bayes.sensitivity.prior_effective_size import PriorWeightRow
from bayes.sensitivity.tipping_row import TippingRow
from bayes.sensitivity.trial_influence import InfluenceRow

STANDARD = "FDA 2026 draft: themes"
EXTERNAL = {"cochrane", "field", "evidence", "map", "turner", "rhodes"}
BORROWING = {"evidence", "map"}
PRIORS = "{priors_file}"
ONE_TRIAL = "a synthesis or a table of adverse events is not one trial with a single effect, which could be repeated"
WANTED = ("p_success", "type_i_error", "type_i_error_sup", "coverage", "assurance")


def _rules(kept: SetFile, accepted: set[str]) -> list[str]:
    """Return the names of the priors in a set that are built by one of these rules."""
    tables = [kept.get("effect", {}), kept.get("heterogeneity", {})]
    return [name for table in tables for name, stated in table.items() if stated.get("rule") in accepted]


def _builds_on_external(kept: SetFile, target: Target) -> str | None:
    return None if _rules(kept, EXTERNAL) else "no prior is built from external data"


def _has_no_external(kept: SetFile, target: Target) -> str | None:
    found = _rules(kept, EXTERNAL)
    return f"built from external data: {', '.join(found)}" if found else None


def _has_no_borrowing(kept: SetFile, target: Target) -> str | None:
    found = _rules(kept, BORROWING)
    return f"borrowed from earlier trials: {', '.join(found)}" if found else None


def _is_formed(prior: PriorPart, target: Target) -> bool:
    return is_no_nuisance(prior, target) and is_sound(prior, target)


def _has_design_prior(priors: list[PriorPart], target: Target) -> str | None:
    return None if any(prior["role"] == "design" for prior in priors) else "no prior is a design prior"


def _of_a_reanalysis(priors: list[PriorPart], target: Target) -> str | None:
    """Require a reanalysis, in which every prior is an analysis prior because the trial is over."""
    wrong = disclosed("prespecified", holds("reanalysis"))(target.dossier["disclosures"], target)
    return wrong or next((f"the role of {p['name']} is {p['role']}" for p in priors if p["role"] != "analysis"), None)


def _of_main(entry: PriorWeightRow | ConflictRow, target: Target) -> bool:
    main = target.dossier["main"]
    return main is not None and entry["prior"] == main["prior"]


def _conflict(entry: ConflictRow, target: Target) -> str | None:
    if entry["box_p"] is not None:
        return None
    return None if entry["overlap"] is not None and entry["reason"] else "neither a Box p-value nor an overlap"


def _has_value_or_reason(row: TippingRow, target: Target) -> str | None:
    return None if row["value"] is not None or row["reason"] else "neither value nor reason"


def _weights_vary(rows: list[InfluenceRow] | None, target: Target) -> str | None:
    found = [row for row in rows or [] if "weight" in str(row.get("question", ""))]
    return None if found else "no row varies the weight of the borrowed evidence"


def _were_run(parts: list[OperatingPart], target: Target) -> str | None:
    """Require that a decision rule was studied."""
    _, _, called, *_ = target.dossier["command"].split()  # a shipped name, or the file in the results folder
    asked = f'bayes operating {called} --rule "p_benefit > 0.95" --out .'
    return None if parts else f"not computed for the report as its file has it: {asked}"


def _characterised(found: list[OperatingNumber], target: Target) -> str | None:
    """Require every characteristic under some prior as a number, and a Monte Carlo error of all that is simulated."""
    known = [one for one in found if one["status"] == "ok" and one["value"] is not None]
    errors = [one["mcse"] is not None for one in known if one["characteristic"] in ("p_success", "coverage")]
    if any(errors) and not all(errors):
        return "a simulated number without its Monte Carlo error"
    missing = [name for name in WANTED if not any(one["characteristic"] == name for one in known)]
    return f"missing: {', '.join(missing)}" if missing else None


def _no_single_trial(kind: Kind, target: Target) -> str | None:
    return "an outcome of one trial" if kind == "outcome" else None


ITEMS = (
    Item(
        "FDA-1",
        STANDARD,
        MUST,
        "The success criterion and its calibration",
        "whether the criterion was prespecified; the cut-offs; whether they are calibrated or read directly",
        (
            Pointer("/disclosures", disclosed("prespecified", begins("no"))),
            Pointer("/thresholds/cutoffs", there),
            Pointer(METHODS, holds("not calibrated"), file=TEXT),
        ),
        human="posterior probabilities are read directly, without a success criterion agreed in advance: judge whether "
        "the priors justify this reading",
    ),
    Item(
        "FDA-2",
        STANDARD,
        MUST,
        "The prior: source, rationale and construction",
        "the rationale and source of every prior, and the construction of every prior that was formed",
        (
            *PRIOR_JUSTIFIED,
            Pointer("/priors/*/basis", stated, where=_is_formed),
        ),
    ),
    Item(
        "FDA-2-external",
        STANDARD,
        MUST,
        "The prior: comparability of external data",
        "for each prior built from external data, whether patients, care and period are comparable with the trial",
        (Pointer("", _builds_on_external, file=PRIORS),),
        exempt=(Exempt(Pointer("", _has_no_external, file=PRIORS), "no prior of the set is built from external data"),),
        human="the sources are named but their comparability is not assessed: judge whether the external data are "
        "comparable in patients, period and covariates",
    ),
    Item(
        "FDA-3",
        STANDARD,
        MUST,
        "Distinct design and analysis priors",
        "a role for every prior, and a design prior if a trial is being designed",
        (Pointer("/priors/*/role", one_of("analysis", "design")), Pointer("/priors", _has_design_prior)),
        exempt=(
            Exempt(
                Pointer("/priors", _of_a_reanalysis),
                "a reanalysis does not design a trial and has no design prior; every prior here is an analysis prior",
            ),
        ),
    ),
    Item(
        "FDA-4",
        STANDARD,
        MUST,
        "The weight of the prior",
        "for the main prior, its effective sample size (ELIR) in patients or events and its share of the posterior "
        "precision",
        (
            Pointer("/sensitivity/tables/prior_weight/*/elir", number, where=_of_main),
            Pointer("/sensitivity/tables/prior_weight/*/share_of_precision", number, where=_of_main),
        ),
    ),
    Item(
        "FDA-5",
        STANDARD,
        MUST,
        "Prior-data conflict",
        "the Box p-value of the main prior (or, if the direction was not reported, the reason and the overlap), and a "
        "figure",
        (
            Pointer("/sensitivity/tables/conflict/*", _conflict, where=_of_main),
            Pointer("/figures/*/title", stated),
        ),
    ),
    Item(
        "FDA-6",
        STANDARD,
        MUST,
        "Robustness to the prior: tipping points",
        "a table of tipping points: each with its value, or the reason why there is none",
        (Pointer("/sensitivity/tables/tipping/*", _has_value_or_reason),),
    ),
    Item(
        "FDA-6-borrowing",
        STANDARD,
        MUST,
        "Robustness to the weight of borrowed evidence",
        "for a prior that borrows from earlier trials, posteriors under several weights",
        (Pointer("/sensitivity/tables/influence", _weights_vary),),
        exempt=(
            Exempt(Pointer("", _has_no_borrowing, file=PRIORS), "no prior of the set borrows from earlier trials"),
        ),
    ),
    Item(
        "FDA-7",
        STANDARD,
        MUST,
        "Operating characteristics",
        "for a stated success criterion: type I error, power, coverage and averages over a design prior, with Monte "
        "Carlo errors where they are simulated",
        (Pointer("/operating", _were_run), Pointer("/operating/*/characteristics", _characterised)),
        exempt=(Exempt(Pointer("/kind", _no_single_trial), ONE_TRIAL),),
    ),
    Item(
        "FDA-8",
        STANDARD,
        MUST,
        "Computation: software, code and convergence",
        "as for BARG-2A, BARG-2B and BARG-6, except for the rerun",
        (*SOFTWARE, *SETTINGS, *CONVERGED, *REPRODUCIBLE),
    ),
    Item(
        "FDA-9",
        STANDARD,
        SHOULD,
        "The estimand, missing data and multiplicity",
        "each is stated",
        tuple(
            Pointer("/disclosures", disclosed(name, wholly_stated))
            for name in ("estimand", "missing data", "multiplicity")
        ),
    ),
)
