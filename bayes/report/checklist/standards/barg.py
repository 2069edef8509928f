"""The Bayesian analysis reporting guidelines, BARG (Kruschke 2021, Nat Hum Behav 5:1282-1291)."""

from __future__ import annotations

from bayes.paper.evidence.card import KindName
from bayes.report.checklist.demands import (
    digest_of_file,
    each,
    holds,
    is_main,
    is_sound,
    keys,
    main_with,
    number,
    one_of,
    sha256,
    stated,
    there,
    there_unless_proportion,
    without_thresholds,
)
from bayes.report.checklist.judgement import MUST, SHOULD, Condition, Exempt, Item, Pointer, Target
from bayes.report.checklist.standards.common import (
    CONVERGED,
    METHODS,
    PRIOR_JUSTIFIED,
    PRIOR_SPECIFIED,
    REPRODUCIBLE,
    RESOLVED,
    SINGLE,
    SOFTWARE,
    TEXT,
)
from bayes.report.dossier.contents import Diagnosed, ParameterPart, Predictive, PriorPrediction, Row
from bayes.report.dossier.reading import probability_at
from bayes.sensitivity.conclusions import VerdictRow

STANDARD = "BARG"
MCSES, SLACK = 4, 0.002  # the same as in the convergence checks of every posterior


def _of_evidence(*kinds: KindName) -> Condition:
    """Select priors of the effect, for an outcome with one of these kinds of evidence."""

    def counts(entry: PriorPrediction, target: Target) -> bool:
        single = target.dossier["kind"] == "outcome" and target.dossier["evidence_kind"] in kinds
        return single and entry["estimate"] is not None

    return counts


def _has_primary(parameters: list[ParameterPart], target: Target) -> str | None:
    roles = [parameter["role"] for parameter in parameters]
    strange = [role for role in roles if role not in ("primary", "nuisance")]
    if strange:
        return f"role {strange[0]!r}"
    return None if "primary" in roles else "no parameter is marked as primary"


def _implied(rows: list[PriorPrediction] | None, target: Target) -> str | None:
    """Require a prior predictive row for every sound prior of the effect."""
    sound = [p["name"] for p in target.dossier["priors"] if p["status"] == "ok" and p["kind"] in ("effect", "arms")]
    implied = {row["prior"] for row in rows or [] if row["estimate"] is not None}
    missing = [name for name in sound if name not in implied]
    if missing:
        return f"no prior predictive row for {', '.join(missing)}"
    return None if implied else "no row"


def _agrees(entry: Diagnosed, target: Target) -> str | None:
    """Require probabilities from sampling to agree with those from quadrature."""
    for words, sampled, exact, mcse in (
        ("P(benefit)", entry["p_benefit"], entry["exact_p_benefit"], entry["mcse_p_benefit"]),
        ("P(harm)", entry["p_harm"], entry["exact_p_harm"], entry["mcse_p_harm"]),
        ("P(at least the MCID)", entry["p_mcid"], entry["exact_p_mcid"], entry["mcse_p_mcid"]),
    ):
        if exact is None:
            continue
        if sampled is None or mcse is None:
            return f"{words}: no sampled value or no Monte Carlo standard error"
        apart, allowed = abs(sampled - exact), MCSES * mcse + SLACK
        if not apart <= allowed:
            return f"{words}: difference {apart:.4f}, allowed {allowed:.4f}"
    return None


def _has_exact(entry: Diagnosed, target: Target) -> bool:
    return is_sound(entry, target) and entry["exact_p_benefit"] is not None


def _none_exact(entries: list[Diagnosed], target: Target) -> str | None:
    known = any(entry["exact_p_benefit"] is not None for entry in entries)
    return "some posteriors have a quadrature" if known else None


def _no_check(value: Predictive, target: Target) -> str | None:
    """Exempt a model that fits any report exactly, unless a number lies outside its band after all."""
    if value["cannot_fail"] is None:
        return "the check could have failed"
    outside = [row["quantity"] for row in value["rows"] if not row["inside"]]
    return f"outside the band: {', '.join(outside)}" if outside else None


def _thresholds_met(row: Row, target: Target) -> str | None:
    """Require a probability at every stated threshold."""
    limits = target.dossier["thresholds"]
    if limits["mcid"] is not None and row["p_mcid"] is None:
        return "no probability of an effect of at least the MCID"
    if limits["planned"] is not None and probability_at(row, limits["planned"]["value"]) is None:
        return "no probability of an effect of at least the planned size"
    return None


def _ranges(rows: list[VerdictRow] | None, target: Target) -> str | None:
    """Require, for every conclusion, its range over the named priors and (given an MCID) whether verdicts change."""
    over = [row for row in rows or [] if row["question"] == "named_priors"]
    if not over:
        return "no range over the named priors"
    verdicts = target.dossier["thresholds"]["mcid"] is not None
    lacking = [row["conclusion"] for row in over if row["low"] is None or (verdicts and row["changes"] is None)]
    return f"no range or verdict for {', '.join(lacking)}" if lacking else None


def _enough_energy(value: float | None, target: Target) -> str | None:
    if value is None:
        return "not stored: the posterior was sampled by an earlier version"
    return None if value >= 0.3 else f"{value:.2f} is below 0.3"


ITEMS = (
    Item(
        "BARG-0A",
        STANDARD,
        SHOULD,
        "The reason for a Bayesian analysis",
        "a sentence in the methods text, and a human judgement that it is a valid reason here",
        (Pointer(METHODS, holds("because"), file=TEXT),),
        human="the sentence is the same for every trial: judge whether it is a valid reason for this one",
    ),
    Item(
        "BARG-0B",
        STANDARD,
        SHOULD,
        "The goals of the analysis",
        "a sentence in the methods text, and a human judgement that these are the goals here",
        (Pointer(METHODS, holds("aim"), file=TEXT),),
        human="the sentence is the same for every trial: judge whether it states the goals of this one",
    ),
    Item(
        "BARG-1A",
        STANDARD,
        MUST,
        "The data: outcome, arms, time point, population and where they were published",
        "each is stated; for a synthesis, the kind of evidence and the source of every member; the location in the "
        "publication of every number for which the file gives one",
        (
            Pointer("/label", stated),
            Pointer("/trial/arms", keys("treatment", "control"), only=SINGLE),
            Pointer("/trial/condition", stated, only=SINGLE),
            Pointer("/timepoint", stated, only=SINGLE),
            Pointer("/trial/sources/*", stated, only=SINGLE),
            Pointer("/printed/facts", there),
            Pointer("/places/*/place", stated, optional=True, only=SINGLE),
            Pointer("/members/*/source", stated, only=("synthesis",)),
            Pointer("/members/*/kind", stated, only=("synthesis",)),
        ),
    ),
    Item(
        "BARG-1B",
        STANDARD,
        MUST,
        "The likelihood, the parameters and the hierarchy",
        "formulas, and every parameter marked as primary or nuisance",
        (Pointer("/model/formulas/*", stated), Pointer("/model/parameters", _has_primary)),
    ),
    Item(
        "BARG-1C",
        STANDARD,
        MUST,
        "The prior and its justification",
        "as for ROB-1 and ROB-2",
        (*PRIOR_SPECIFIED, *PRIOR_JUSTIFIED),
    ),
    Item(
        "BARG-1D",
        STANDARD,
        MUST,
        "A formal specification of the model",
        "the SHA-256 digest of every model file, and the fingerprint of every posterior",
        (Pointer("/model/files/*", sha256), Pointer("/fingerprint/*", sha256)),
    ),
    Item(
        "BARG-1E",
        STANDARD,
        MUST,
        "A prior predictive check",
        "the implications of every prior for the effect; for a binary outcome also for the control risk and the risk "
        "difference, and for an ordinal outcome for the distribution over categories",
        (
            Pointer("/prior_predictive", _implied),
            Pointer("/prior_predictive/*/control_risk_low", number, where=_of_evidence("binary"), optional=True),
            Pointer("/prior_predictive/*/difference_low", number, where=_of_evidence("binary"), optional=True),
            Pointer(
                "/prior_predictive/*/categories", there, where=_of_evidence("ordinal", "ordinal_cut"), optional=True
            ),
        ),
    ),
    Item(
        "BARG-2A",
        STANDARD,
        MUST,
        "Software and versions",
        "the versions of this package, PyMC, nutpie and ArviZ in the dossier, and of PyMC and nutpie for the main "
        "posterior in the manifest",
        (*SOFTWARE, Pointer("/posteriors/{main[key]}/versions", keys("pymc", "nutpie"), file="manifest.json")),
    ),
    Item(
        "BARG-2B",
        STANDARD,
        MUST,
        "Convergence of every parameter",
        "the largest R-hat of each posterior at most 1.01, no divergent transitions, and all checks passed",
        CONVERGED,
    ),
    Item(
        "BARG-2B-energy",
        STANDARD,
        SHOULD,
        "Energy diagnostic of the sampler (our own addition)",
        "an E-BFMI of at least 0.3 for every posterior",
        (Pointer("/diagnostics/*/e_bfmi", _enough_energy, where=is_sound),),
    ),
    Item(
        "BARG-2C",
        STANDARD,
        MUST,
        "Numerical precision of every reported quantity",
        "bulk and tail effective sample sizes of at least 400 in every row, and the Monte Carlo standard error of "
        "P(benefit)",
        RESOLVED,
    ),
    Item(
        "BARG-2C-mcse",
        STANDARD,
        SHOULD,
        "Monte Carlo error of every probability",
        "also a Monte Carlo standard error for P(at least the MCID) and P(equivalence)",
        tuple(Pointer(f"/rows/*/mcse_{p}", number, where=main_with(p), optional=True) for p in ("p_mcid", "p_rope")),
        exempt=(Exempt(Pointer("/rows", without_thresholds), "neither an MCID nor a ROPE is stated"),),
    ),
    Item(
        "BARG-2D",
        STANDARD,
        MUST,
        "Approximation error",
        "sampled P(benefit), P(harm) and P(at least the MCID) within 4 Monte Carlo standard errors + 0.002 of the "
        "values from quadrature",
        (Pointer("/diagnostics/*", _agrees, where=_has_exact),),
        exempt=(
            Exempt(
                Pointer("/diagnostics", _none_exact),
                "sampled by MCMC, the error of which is bounded by BARG-2B and 2C; this model has no independent "
                "quadrature",
            ),
        ),
    ),
    Item(
        "BARG-3A",
        STANDARD,
        MUST,
        "A posterior predictive check",
        "every observed number inside its 95% predictive interval, for a model that could have missed it",
        (Pointer("/predictive/rows/*/inside", one_of(True)),),
        exempt=(
            Exempt(Pointer("/predictive/reason", stated), "the model predicts no number of the report: see the reason"),
            Exempt(
                Pointer("/predictive", _no_check),
                "the model has as many free parameters as the report has numbers, so the check cannot fail",
            ),
        ),
    ),
    Item(
        "BARG-3B",
        STANDARD,
        MUST,
        "A summary of the posterior: centre, interval and shape",
        "a median and an interval in every sound row, and at least one figure",
        (
            Pointer("/rows/*/median", number, where=is_main),
            Pointer("/rows/*/ci_low", number, where=is_main),
            Pointer("/figures/*/title", stated),
        ),
    ),
    Item(
        "BARG-3C",
        STANDARD,
        SHOULD,
        "Bayes factors, with the prior probabilities at which they would be decisive",
        "if a prior puts mass on exactly no effect: the Bayes factor, and the smallest prior probability of an effect "
        "that would give a posterior probability of 0.95",
        (
            Pointer("/rows/*/bf_01", number, where=main_with("p_null")),
            Pointer("/rows/*/prior_p_that_decides", number, where=main_with("p_null")),
        ),
        exempt=(
            Exempt(
                Pointer("/rows", each(lambda row, target: None if row["p_null"] is None else "a point mass")),
                "no prior puts mass on exactly no effect, so there is no Bayes factor to report",
            ),
        ),
    ),
    Item(
        "BARG-4",
        STANDARD,
        MUST,
        "Decision thresholds declared in the file, and the probability at each",
        "the MCID, the limits of equivalence (for a proportion, its goal) and the cut-offs; the digest of the file; a "
        "probability at each threshold",
        (
            Pointer("/thresholds/cutoffs", there),
            Pointer("/thresholds/rope", there_unless_proportion),
            Pointer("/sha256", digest_of_file),
            Pointer("/rows", each(_thresholds_met)),
        ),
        exempt=(
            Exempt(
                Pointer("/thresholds/mcid", one_of(None)),
                "no MCID is stated, so the result is descriptive and no decision is drawn from it",
            ),
        ),
    ),
    Item(
        "BARG-5",
        STANDARD,
        MUST,
        "Sensitivity of every decision",
        "for every conclusion, the range of its probability over the named priors and whether the verdict changes",
        (Pointer("/sensitivity/tables/verdicts", _ranges),),
    ),
    Item(
        "BARG-6",
        STANDARD,
        MUST,
        "Reproducibility: software, script and data",
        "the command, the digest of the copied file, the prior set, the fingerprints, and a rerun with the same result",
        REPRODUCIBLE,
        human="no rerun is recorded in the results: run the command in an empty folder and compare with `bayes diff`",
    ),
)
