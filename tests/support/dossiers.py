"""Dossiers as `bayes report` writes them, small: an outcome, a table of adverse events, a synthesis, a bare p-value.

The numbers of the outcome are those that the shipped MESEMS file gives; the others are plausible, and nothing rests on
them. `folder` lays them out as a results folder with the copies, the text and the manifest that a checklist looks at.
"""

import copy
import hashlib
import json
from pathlib import Path
from typing import Any

from bayes.base.toml import shipped
from bayes.posterior.explanation import LeftOutRow, PooledRow
from bayes.posterior.row import LongRow, SummaryRow, empty_row
from bayes.report.checklist.pointers import parts
from bayes.report.dossier.build import diagnosed, reported
from bayes.report.dossier.contents import (
    Kind,
    KindOfPrior,
    MainPart,
    Pooling,
    Predicted,
    PriorPart,
    PriorPrediction,
    Row,
    Written,
)
from bayes.report.dossier.published_parts import Cited, Member, TrialPart, Whose
from bayes.report.manuscript import manuscript
from bayes.sensitivity.absolute_effects import BaselineRiskRow
from bayes.sensitivity.conclusions import Tables, VerdictRow
from bayes.sensitivity.tipping_row import tipping_row

HASH = "0123456789abcdef" * 4
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


def _cited(trial: str, year: int) -> Cited:
    """What a bibliography needs of a trial."""
    return {"id": trial, "title": f"The trial {trial}", "year": year, "doi": None, "registration": None}


def outcome() -> Written:
    """MESEMS, enhancing lesions: an estimate with an effect prior, lower is better."""
    whose: Whose = {
        "trial": _trial(),
        "members": [],
        "evidence_kind": "estimate",
        "places": [{"number": "ci", "printed": "0.58, 1.50", "place": 'page 1124, table 2: "rate ratio 0.94"'}],
        "role": "primary",
        "timepoint": "24 weeks",
        "source_level": None,
    }
    rows = [_row("mesems", "gel_24w", prior) for prior in MEDIANS]
    said = _common("mesems:gel_24w", "outcome", "Gadolinium-enhancing lesions", rows, whose)
    said["predictive"]["rows"] = [_predicted("estimate", 0.94)]
    said["disclosures"] = _disclosures({"primary outcome": "yes", "blinding": "double-blind"})
    return said


def bare_p() -> Written:
    """Nothing but a p-value of unknown direction, without an MCID; higher is better, and two priors not formed."""
    said: Written = {
        **outcome(),
        "name": "starting2:mrs_90d",
        "slug": "starting2.mrs_90d",
        "page": "outcomes/starting2.mrs_90d.html",
        "label": "Shift of the mRS [90 d] *all* <b> `x`",
        "evidence_kind": "p_value",
        "measure": "common_odds_ratio",
        "benefit": "higher",
        "timepoint": None,
        "role": None,
        "file": "inputs/trials/starting2.toml",
        "sha256": _sha("trials", "starting2"),
    }
    note = "P(benefit) is 0.50 by construction: neither the report nor the prior says which arm is favoured"
    rows = [_row("starting2", "mrs_90d", p) | {"note": note, "p_by_construction": 0.5, "p_benefit": 0.5, "p_mcid": None} for p in ("vague", "neutral")]
    said["rows"] = [row | {"measure": "common_odds_ratio", "benefit": "higher", "mcid": None} for row in rows]
    said["rows"] += [_skipped("starting2", "mrs_90d", p) for p in ("sceptical", "enthusiastic")]
    said["main"] = _main(said["rows"][1])
    said["priors"] = [_prior(*p) for p in PRIORS[:2]] + [_not_formed(*p) for p in PRIORS[2:4]]
    said["thresholds"]["mcid"] = None
    said["trial"] = {**_trial(), "id": "starting2", "title": "A & B: 50% of {all} <script>alert(1)</script> \U0001f9e0", "doi": None}
    said["sensitivity"] = {"text": "", "tables": _tables(None), "reason": None}
    return said


def adverse_events() -> Written:
    """A table of adverse events, each row alone and under a hierarchical prior; lower is better."""
    hierarchy: tuple[str, KindOfPrior, str, str, str, str] = ("berry", "hierarchy", "hierarchy(means normal(0, 3.1623))", "terms borrow", "Together.", "Berry and Berry 2004, Biometrics")
    said: Written = {
        **outcome(),
        "name": "mesems:ae_table",
        "slug": "mesems.ae_table",
        "page": "outcomes/mesems.ae_table.html",
        "kind": "adverse_events",
        "label": "Adverse events",
        "evidence_kind": "adverse_events",
        "role": "part",
    }
    names = ("Infections/any", "Other_classes/*")
    said["rows"] = [_row("mesems", "ae_table", p, f"effect[{n}]") for p in MEDIANS for n in names]
    joint = [_row("mesems", "ae_table", "neutral", f"effect[{n}]") for n in names]
    key = "mesems.ae_table--adverse_event_hierarchy--berry"
    said["rows"] += [r | {"prior": "berry", "key": key, "model": "adverse_event_hierarchy", "p_null": 0.7, "exact_p_benefit": None} for r in joint]
    said["main"] = _main(said["rows"][2])
    said["priors"] = [_prior(*p) for p in (*PRIORS, hierarchy)]
    why = "a table of adverse events has an effect for each row, not a single likelihood curve"
    said["sensitivity"] = {"text": None, "tables": {}, "reason": why}
    said["absolute"] = {"rows": [], "reason": why}
    said["predictive"] = {"rows": [], "reason": "each row of a table of adverse events has two counts, which its baseline and effect fit exactly", "cannot_fail": None}
    said["diagnostics"] = []
    return said


def synthesis() -> Written:
    """Two trials under a random-effects model, tau with two priors, a slope beside; higher is better."""
    name = "msc_stroke_mrs"
    rows = [_row(name, "", prior, "mu", tau) for prior in MEDIANS for tau in ("stated",)]
    rows += [_row(name, "", "neutral", "mu", "wide")]
    rows += [_row(name, "", "neutral", parameter, "stated") for parameter in ("tau", "beta", "new_trial", "effect[treasure:mrs_90d]")]
    for row in rows:
        row |= {"measure": "common_odds_ratio", "benefit": None if row["parameter"] in ("tau", "beta") else "higher"}
        if row["parameter"] in ("tau", "beta"):
            row |= {"estimate": None, "estimate_low": None, "estimate_high": None, "mcse_p_benefit": None}
            row |= {"p_benefit": None, "p_harm": None, "p_mcid": None, "p_rope": None}
    members: list[Member] = [
        {"name": "treasure:mrs_90d", "label": "mRS", "kind": "ordinal", "source": "Table 2", "trial": _cited("treasure", 2024)},
        {"name": "starting2:mrs_90d", "label": "mRS", "kind": "p_value", "source": "abstract", "trial": _cited("starting2", 2021)},
    ]
    whose: Whose = {"trial": None, "members": members, "evidence_kind": "ordinal, p_value", "role": None, "timepoint": None, "source_level": None}
    said: Written = {
        **_common(name, "synthesis", "Cell therapy in stroke", rows, whose),
        "measure": "common_odds_ratio",
        "benefit": "higher",
        "file": f"inputs/syntheses/{name}.toml",
        "sha256": _sha("syntheses", name),
        "absolute": {"rows": [_at_risk(0.01)], "reason": None},
        "predictive": {"rows": [_predicted("treasure:mrs_90d: own estimate", 1.24)], "reason": None, "cannot_fail": None},
        "pooling": _pooling(),
        "disclosures": _disclosures({"search": "chosen by hand, not by a systematic search"}),
    }
    assert said["model"] is not None
    said["model"] |= {"structure": "random_effects", "likelihoods": ["proportional_odds", "reported_p"]}
    taus = [("stated", "half_normal(0.3)", "plain default"), ("wide", "half_normal(0.5)", "doubts")]
    said["priors"] += [_prior(n, "heterogeneity", d, "as written", why, "Rover et al. 2021, Res Synth Methods") for n, d, why in taus]
    return said


def folder(root: Path, *dossiers: Written) -> Path:
    """A results folder that holds these dossiers, and what stands beside them."""
    for kind, ids in (("trials", ("mesems", "starting2")), ("syntheses", ("msc_stroke_mrs",)), ("priors", ("default",))):
        for name in ids:
            _write(root / "inputs" / kind / f"{name}.toml", shipped(kind)[name].read_text("utf-8"))
    keys = [dossier["main"]["key"] for dossier in dossiers if dossier["main"]]
    posteriors = {key: {"versions": {"pymc": "6.4.0", "nutpie": "0.16.11"}} for key in keys}
    _write(root / "manifest.json", json.dumps({"posteriors": posteriors}))
    for dossier in dossiers:
        _write(root / "report" / "data" / f"{dossier['slug']}.json", json.dumps(dossier, allow_nan=False))
        manuscript.write(dossier, root)
    return root


def changed(dossier: Written, pointer: str, value: object) -> Written:
    """A copy with another value at a JSON pointer."""
    new = copy.deepcopy(dossier)
    *path, last = parts(pointer)
    place: Any = new  # of whatever type the pointer leads to
    for part in path:
        place = place[int(part) if isinstance(place, list) else part]
    place[int(last) if isinstance(place, list) else last] = value
    return new


def _common(name: str, kind: Kind, label: str, rows: list[Row], whose: Whose) -> Written:
    slug = name.replace(":", ".")
    trial = name.partition(":")[0]
    main = _main(next(row for row in rows if row["prior"] == "neutral"))
    return {
        "name": name,
        "slug": slug,
        "kind": kind,
        "page": f"{'syntheses' if kind == 'synthesis' else 'outcomes'}/{slug}.html",
        "label": label,
        **whose,
        "measure": "rate_ratio",
        "benefit": "lower",
        "scale": "log",
        "null": 1.0,
        "direction": "rate ratio, lower is better: below 1 favours the treatment",
        "file": f"inputs/trials/{trial}.toml",
        "sha256": _sha("trials", trial) if kind != "synthesis" else "",
        "priors_file": "inputs/priors/default.toml",
        "command": f"bayes regenerate {name}",
        "printed": {"facts": [["printed in", "abstract"]], "tables": []},
        "thresholds": {"mcid": {"value": 0.75, "rationale": "judgement"}, "planned": None, "margin": None, "rope": [1 / 1.1, 1.1], "cutoffs": [0.1, 0.9]},
        "model": {
            "structure": "single_trial",
            "likelihoods": ["reported_estimate"],
            "formulas": [r"y \sim \operatorname{Normal}(\theta, s)"],
            "text": "The paper's own estimate.",
            "parameters": [
                {"name": "effect (theta)", "role": "primary", "prior": "normal(0, 0.355)"},
                {"name": "size (k)", "role": "nuisance", "prior": "normal(0, 1)"},
            ],
            "files": {"models/structures/single_trial.py": HASH},
        },
        "priors": [_prior(*p) for p in PRIORS] + [_prior("size (k)", "nuisance", "normal(0, 1)", "of the set", "95% between 0.14 and 7.1", None)],
        "main": main,
        "rows": rows,
        "prior_predictive": [_implied(prior) for prior in MEDIANS],
        "pooling": None,
        "sensitivity": {"text": "", "tables": _tables(True), "reason": None},
        "diagnostics": [diagnosed(r, None) for r in rows if r["parameter"] in ("effect", "mu")],
        "software": {"bayes-reanalysis": "0.1.0", "pymc": "6.4.0", "nutpie": "0.16.11", "arviz": "1.3.0"},
        "settings": {"chains": 4, "draws": 3000, "tune": 1000, "target_accept": 0.8, "seed": 20260101},
        "fingerprint": {main["key"]: HASH},
        "cutoffs": [],
        "absolute": {"rows": [_at_risk(-0.004)], "reason": None},
        "predictive": {"rows": [], "reason": None, "cannot_fail": None},
        "disclosures": _disclosures({}),
        "plain": "",
        "figures": [{"id": "triplot", "title": "Prior, likelihood, posterior", "description": "Three curves."}],
        "made_of": HASH,
    }  # fmt: skip


def _main(row: Row) -> MainPart:
    assert row["key"] is not None
    return {"prior": row["prior"], "heterogeneity": row["heterogeneity"], "key": row["key"]}


def _trial() -> TrialPart:
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


def _row(trial: str, outcome: str, prior: str, parameter: str = "effect", heterogeneity: str | None = None) -> Row:
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


def _skipped(trial: str, outcome: str, prior: str) -> Row:
    row: SummaryRow = {
        **empty_row(),
        "trial": trial, "outcome": outcome, "parameter": "effect", "model": "single_trial", "prior": prior,
        "label": "Lesions", "measure": "rate_ratio", "status": "skipped", "reason": "no MCID is stated",
    }  # fmt: skip
    return reported(row)


def _prior(name: str, kind: KindOfPrior, distribution: str, basis: str, rationale: str, source: str | None) -> PriorPart:
    return {
        "name": name, "kind": kind, "role": "analysis", "distribution": distribution, "basis": basis,
        "rationale": rationale, "source": source, "status": "ok", "reason": None,
    }  # fmt: skip


def _not_formed(name: str, kind: KindOfPrior, distribution: str, basis: str, rationale: str, source: str) -> PriorPart:
    formed = _prior(name, kind, distribution, basis, rationale, source)
    return {**formed, "distribution": None, "status": "skipped", "reason": "no MCID is stated"}


def _implied(prior: str) -> PriorPrediction:
    return {
        "prior": prior, "estimate_low": 0.5, "estimate": 1.0, "estimate_high": 2.0, "p_benefit": 0.5, "p_mcid": 0.2,
        "control_risk_low": None, "control_risk_high": None, "difference_low": None, "difference_high": None,
        "categories": None,
    }  # fmt: skip


def _predicted(quantity: str, observed: float) -> Predicted:
    return {"quantity": quantity, "arm": None, "observed": observed, "low": 0.52, "high": 1.77, "inside": True}


def _pooled(p: float) -> PooledRow:
    return {
        "mu_mean": 0.12, "mu_sd": 0.18, "estimate_low": 0.79, "estimate": 1.13, "estimate_high": 1.6, "p_benefit": p,
        "p_mcid": None, "tau_low": 0.01, "tau_median": 0.14, "tau_high": 0.5, "predicted_low": 0.63,
        "predicted_high": 1.98, "p_benefit_new": 0.7,
    }  # fmt: skip


def _without(trial: str, p: float) -> LeftOutRow:
    return {**_pooled(p), "left_out": trial, "mean_moves": -0.05, "sd_moves": 0.04}


def _pooling() -> Pooling:
    return {
        "main": _pooled(0.74), "all_folded": False, "trials": [], "heterogeneity": [],
        "leave_one_out": [_without("treasure:mrs_90d", 0.63), _without("starting2:mrs_90d", 0.77)],
        "leave_kind_out": [], "adjustment": [], "directions": [], "same_patients": [], "correlations": [], "rho": [],
        "descriptives": {"trials": 1, "q": None, "df": None, "p": None, "i_squared": None, "tau_dersimonian_laird": None},
        "text": [],
    }  # fmt: skip


def _disclosures(more: dict[str, str]) -> list[list[str]]:
    said = {
        "prespecified": "no: a post hoc reanalysis under priors declared in a file",
        "multiplicity": "107 outcomes, without adjustment for their number",
        "estimand": "the rate of events under treatment, as a ratio to control",
        "missing data": "not stated",
    }
    return [[name, text] for name, text in (said | more).items()]


def _at_risk(difference: float) -> BaselineRiskRow:
    return {"control_risk": 0.1, "risk_difference": difference, "reason": None}


def _tables(verdicts: bool | None) -> Tables:
    """Of the sensitivity; `verdicts` None: without an MCID nothing can change."""
    return {
        "verdicts": [_verdict("any benefit", verdicts), _verdict("harm", verdicts)],
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


def _verdict(conclusion: str, changes: bool | None) -> VerdictRow:
    return {
        "conclusion": conclusion, "question": "named_priors", "over": "all named priors", "value": 0.582, "low": 0.112,
        "high": 0.937, "at_low": "pessimistic", "at_high": "enthusiastic", "verdict": None, "verdicts": None,
        "changes": changes, "note": None,
    }  # fmt: skip


def _sha(kind: str, name: str) -> str:
    return hashlib.sha256(shipped(kind)[name].read_bytes()).hexdigest()


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
