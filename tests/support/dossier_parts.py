"""The parts of the small dossiers in `dossiers`: rows, priors, tables and what else stands in several of them."""

from __future__ import annotations

from bayes.posterior.explanation import LeftOutRow, PooledRow
from bayes.posterior.row import LongRow, SummaryRow, empty_row
from bayes.report.dossier.contents import (
    KindOfPrior,
    MainPart,
    Pooling,
    Predicted,
    PriorPart,
    PriorPrediction,
    Row,
)
from bayes.report.dossier.published_parts import Cited, TrialPart
from bayes.report.dossier.rows import reported
from bayes.sensitivity.absolute_effects import BaselineRiskRow
from bayes.sensitivity.conclusions import Tables, VerdictRow
from bayes.sensitivity.tipping_row import tipping_row

PRIORS: tuple[tuple[str, KindOfPrior, str, str, str, str], ...] = (
    # name, kind, distribution, basis, rationale, source
    ("vague", "effect", "normal(0, 5)", "centred on no effect", "Lets the data speak.", "Zampieri et al. 2021"),
    ("neutral", "effect", "normal(0, 0.355)", "moderate", "Large effects are unlikely.", "Zampieri et al. 2021"),
    ("sceptical", "effect", "normal(0, 0.174898281366)", "5% beyond the MCID", "No effect is most likely.", "Spiegelhalter, Freedman and Parmar 1994"),
    ("enthusiastic", "effect", "normal(-0.287682072452, 0.174898281366)", "on the MCID", "It just matters.", "Spiegelhalter, Freedman and Parmar 1994"),
    ("pessimistic", "effect", "normal(0.287682072452, 0.174898281366)", "its mirror", "It just harms.", "Zampieri et al. 2021"),
)  # fmt: skip
MEDIANS = {"vague": 0.94, "neutral": 0.961, "sceptical": 0.983, "enthusiastic": 0.81, "pessimistic": 1.18}
BENEFIT = {"vague": 0.601, "neutral": 0.582, "sceptical": 0.556, "enthusiastic": 0.937, "pessimistic": 0.112}


def cited(trial: str, year: int) -> Cited:
    """What a bibliography needs of a trial."""
    return {"id": trial, "title": f"The trial {trial}", "year": year, "doi": None, "registration": None}


def main(row: Row) -> MainPart:
    assert row["key"] is not None
    return {"prior": row["prior"], "heterogeneity": row["heterogeneity"], "key": row["key"], "outweighs": False}


def trial() -> TrialPart:
    return {
        "id": "mesems",
        "title": "Mesenchymal stem cells versus placebo (MESEMS)",
        "year": 2021,
        "condition": "multiple sclerosis",
        "design": "randomised",
        "arms": {"treatment": "early MSC", "control": "placebo first"},
        "n": {"treatment": 69, "control": 75},
        "doi": "10.1016/S1474-4422(21)00301-X",
        "registration": "NCT01854957",
        "blinding": "double-blind",
        "risk_of_bias": None,
        "sources": ["Uccelli A, et al. Lancet Neurol 2021;20:917-929."],
    }


def row(trial: str, outcome: str, prior: str, parameter: str = "effect", heterogeneity: str | None = None) -> Row:
    model = "random_effects" if heterogeneity else "single_trial"
    median, p = MEDIANS[prior], BENEFIT[prior]
    name = f"{trial}.{outcome}" if outcome else trial
    row: SummaryRow = {
        **empty_row(),
        "trial": trial, "outcome": outcome, "parameter": parameter, "model": model, "prior": prior, "label": "Lesions",
        "heterogeneity": heterogeneity, "measure": "rate_ratio", "scale": "log", "benefit": "lower",
        "median": -0.04, "ci_low": -0.4359, "ci_high": 0.3519, "ci_prob": 0.95,
        "estimate": median, "estimate_low": median / 1.48, "estimate_high": median * 1.48,
        "p_benefit": p, "p_harm": 1 - p, "mcid": 0.75, "p_mcid": 0.106, "rope_low": 1 / 1.1, "rope_high": 1.1, "p_rope": 0.366,
        "mcse_p_benefit": 0.007, "r_hat": 1.0009, "ess_bulk": 5422.0, "ess_tail": 7387.0,
        "divergences": 0, "exact_p_benefit": p + 0.0015, "mcse_p_harm": 0.007, "exact_p_harm": 0.9985 - p, "mcse_p_mcid": 0.004, "exact_p_mcid": 0.106, "exact_method": "closed-form normal likelihood", "status": "ok",
        "key": f"{name}--{model}{f'.{heterogeneity}' if heterogeneity else ''}--{prior}", "likelihood": "reported_estimate", "informative": True,
    }  # fmt: skip
    whose: LongRow = {name: row[name] for name in LongRow.__annotations__}
    return reported(row, [{**whose, "threshold": 0.75, "probability": 0.106}, {**whose, "threshold": 1.0, "probability": 0.582}])


def skipped(trial: str, outcome: str, prior: str) -> Row:
    row: SummaryRow = {
        **empty_row(),
        "trial": trial, "outcome": outcome, "parameter": "effect", "model": "single_trial", "prior": prior,
        "label": "Lesions", "measure": "rate_ratio", "status": "skipped", "reason": "no MCID is stated",
    }  # fmt: skip
    return reported(row)


def prior(name: str, kind: KindOfPrior, distribution: str, basis: str, rationale: str, source: str | None) -> PriorPart:
    return {
        "name": name, "kind": kind, "role": "analysis", "distribution": distribution, "basis": basis,
        "rationale": rationale, "source": source, "status": "ok", "reason": None,
    }  # fmt: skip


def not_formed(name: str, kind: KindOfPrior, distribution: str, basis: str, rationale: str, source: str) -> PriorPart:
    formed = prior(name, kind, distribution, basis, rationale, source)
    return {**formed, "distribution": None, "status": "skipped", "reason": "no MCID is stated"}


def implied(prior: str) -> PriorPrediction:
    return {
        "prior": prior, "estimate_low": 0.5, "estimate": 1.0, "estimate_high": 2.0, "p_benefit": 0.5, "p_mcid": 0.2,
        "control_risk_low": None, "control_risk_high": None, "difference_low": None, "difference_high": None,
        "categories": None,
    }  # fmt: skip


def predicted(quantity: str, observed: float) -> Predicted:
    return {"quantity": quantity, "arm": None, "observed": observed, "low": 0.52, "high": 1.77, "inside": True}


def pooled(p: float) -> PooledRow:
    return {
        "mu_mean": 0.12, "mu_sd": 0.18, "estimate_low": 0.79, "estimate": 1.13, "estimate_high": 1.6, "p_benefit": p,
        "p_mcid": None, "tau_low": 0.01, "tau_median": 0.14, "tau_high": 0.5, "predicted_low": 0.63,
        "predicted_high": 1.98, "p_benefit_new": 0.7,
    }  # fmt: skip


def without(trial: str, p: float) -> LeftOutRow:
    return {**pooled(p), "left_out": trial, "mean_moves": -0.05, "sd_moves": 0.04}


def pooling() -> Pooling:
    return {
        "main": pooled(0.74), "all_folded": False, "trials": [], "heterogeneity": [],
        "leave_one_out": [without("treasure:mrs_90d", 0.63), without("starting2:mrs_90d", 0.77)],
        "leave_kind_out": [], "adjustment": [], "directions": [], "same_patients": [], "correlations": [], "rho": [], "interactions": [],
        "descriptives": {"trials": 1, "q": None, "df": None, "p": None, "i_squared": None, "tau_dersimonian_laird": None},
        "text": [],
    }  # fmt: skip


def disclosures(more: dict[str, str]) -> list[list[str]]:
    said = {
        "prespecified": "no: a post hoc reanalysis under priors declared in a file",
        "multiplicity": "107 outcomes, without adjustment for their number",
        "estimand": "the rate of events under treatment, as a ratio to control",
        "missing data": "not stated",
    }
    return [[name, text] for name, text in (said | more).items()]


def at_risk(difference: float) -> BaselineRiskRow:
    return {"control_risk": 0.1, "risk_difference": difference, "reason": None}


def tables(verdicts: bool | None) -> Tables:
    """Of the sensitivity; `verdicts` None: without an MCID nothing can change."""
    return {
        "verdicts": [verdict("any benefit", verdicts), verdict("harm", verdicts)],
        "tipping": [
            tipping_row("prior_mean", "p_benefit", 0.95, "prior_sd = 0.355", "a root", -0.9, 0.41, (0.2, 0.81)),
            tipping_row("prior_sd", "p_benefit", 0.95, "prior_mean = 0", "never"),
        ],
        "prior_weight": [
            {
                "prior": "neutral", "distribution": "normal(0, 0.355)", "unit": "patients", "data": 144.0,
                "share_of_precision": 0.318, "elir": 67.1, "morita": 67.1, "moments": 67.1, "outweighs": False,
                "words": "worth about 67 patients; the data contain 144", "reason": None,
            }
        ],
        "conflict": [
            {
                "prior": "neutral", "distribution": "normal(0, 0.355)", "box_p": 0.886, "overlap": 0.8,
                "conflict": False, "reason": None,
            }
        ],
        "influence": [],
    }  # fmt: skip


def verdict(conclusion: str, changes: bool | None) -> VerdictRow:
    return {
        "conclusion": conclusion, "question": "named_priors", "over": "all named priors", "value": 0.582, "low": 0.112,
        "high": 0.937, "at_low": "pessimistic", "at_high": "enthusiastic", "verdict": None, "verdicts": None,
        "changes": changes, "note": None,
    }  # fmt: skip
