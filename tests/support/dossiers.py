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
from bayes.report.checklist.pointers import parts
from bayes.report.dossier.build import diagnosed
from bayes.report.dossier.contents import (
    Kind,
    KindOfPrior,
    Row,
    Written,
)
from bayes.report.dossier.published_parts import Member, Whose
from bayes.report.manuscript import manuscript
from support import dossier_parts as made

HASH = "0123456789abcdef" * 4


def outcome() -> Written:
    """MESEMS, enhancing lesions: an estimate with an effect prior, lower is better."""
    whose: Whose = {
        "trial": made.trial(),
        "members": [],
        "evidence_kind": "estimate",
        "places": [{"number": "ci", "printed": "0.58, 1.50", "place": 'page 1124, table 2: "rate ratio 0.94"'}],
        "role": "primary",
        "timepoint": "24 weeks",
        "source_level": None,
    }
    rows = [made.row("mesems", "gel_24w", prior) for prior in made.MEDIANS]
    said = _common("mesems:gel_24w", "outcome", "Gadolinium-enhancing lesions", rows, whose)
    said["predictive"]["rows"] = [made.predicted("estimate", 0.94)]
    said["findings"] = []
    said["disclosures"] = made.disclosures({"primary outcome": "yes", "blinding": "double-blind"})
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
    rows = [made.row("starting2", "mrs_90d", p) | {"note": note, "p_by_construction": 0.5, "p_benefit": 0.5, "p_mcid": None} for p in ("vague", "neutral")]
    said["rows"] = [row | {"measure": "common_odds_ratio", "benefit": "higher", "mcid": None} for row in rows]
    said["rows"] += [made.skipped("starting2", "mrs_90d", p) for p in ("sceptical", "enthusiastic")]
    said["main"] = made.main(said["rows"][1])
    said["priors"] = [made.prior(*p) for p in made.PRIORS[:2]] + [made.not_formed(*p) for p in made.PRIORS[2:4]]
    said["thresholds"]["mcid"] = None
    said["trial"] = {**made.trial(), "id": "starting2", "title": "A & B: 50% of {all} <script>alert(1)</script> \U0001f9e0", "doi": None}
    said["sensitivity"] = {"text": "", "tables": made.tables(None), "reason": None}
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
    said["rows"] = [made.row("mesems", "ae_table", p, f"effect[{n}]") for p in made.MEDIANS for n in names]
    joint = [made.row("mesems", "ae_table", "neutral", f"effect[{n}]") for n in names]
    key = "mesems.ae_table--adverse_event_hierarchy--berry"
    said["rows"] += [r | {"prior": "berry", "key": key, "model": "adverse_event_hierarchy", "p_null": 0.7, "exact_p_benefit": None} for r in joint]
    said["main"] = made.main(said["rows"][2])
    said["priors"] = [made.prior(*p) for p in (*made.PRIORS, hierarchy)]
    why = "a table of adverse events has an effect for each row, not a single likelihood curve"
    said["sensitivity"] = {"text": None, "tables": {}, "reason": why}
    said["absolute"] = {"rows": [], "counted": None, "reason": why}
    said["predictive"] = {"rows": [], "reason": "each row of a table of adverse events has two counts, which its baseline and effect fit exactly", "cannot_fail": None}
    said["diagnostics"] = []
    return said


def synthesis() -> Written:
    """Two trials under a random-effects model, tau with two priors, a slope beside; higher is better."""
    name = "msc_stroke_mrs"
    rows = [made.row(name, "", prior, "mu", tau) for prior in made.MEDIANS for tau in ("stated",)]
    rows += [made.row(name, "", "neutral", "mu", "wide")]
    rows += [made.row(name, "", "neutral", parameter, "stated") for parameter in ("tau", "beta", "new_trial", "effect[treasure:mrs_90d]")]
    for row in rows:
        row |= {"measure": "common_odds_ratio", "benefit": None if row["parameter"] in ("tau", "beta") else "higher"}
        if row["parameter"] in ("tau", "beta"):
            row |= {"estimate": None, "estimate_low": None, "estimate_high": None, "mcse_p_benefit": None}
            row |= {"p_benefit": None, "p_harm": None, "p_mcid": None, "p_rope": None}
    members: list[Member] = [
        {"name": "treasure:mrs_90d", "label": "mRS", "kind": "ordinal", "source": "Table 2", "n": None, "trial": made.cited("treasure", 2024)},
        {"name": "starting2:mrs_90d", "label": "mRS", "kind": "p_value", "source": "abstract", "n": None, "trial": made.cited("starting2", 2021)},
    ]
    whose: Whose = {"trial": None, "members": members, "evidence_kind": "ordinal, p_value", "role": None, "timepoint": None, "source_level": None}
    said: Written = {
        **_common(name, "synthesis", "Cell therapy in stroke", rows, whose),
        "measure": "common_odds_ratio",
        "benefit": "higher",
        "file": f"inputs/syntheses/{name}.toml",
        "sha256": _sha("syntheses", name),
        "absolute": {"rows": [made.at_risk(0.01)], "counted": None, "reason": None},
        "predictive": {"rows": [made.predicted("treasure:mrs_90d: own estimate", 1.24)], "reason": None, "cannot_fail": None},
        "pooling": made.pooling(),
        "findings": [],
        "disclosures": made.disclosures({"search": "chosen by hand, not by a systematic search"}),
    }
    assert said["model"] is not None
    said["model"] |= {"structure": "random_effects", "likelihoods": ["proportional_odds", "reported_p"]}
    taus = [("stated", "half_normal(0.3)", "plain default"), ("wide", "half_normal(0.5)", "doubts")]
    said["priors"] += [made.prior(n, "heterogeneity", d, "as written", why, "Rover et al. 2021, Res Synth Methods") for n, d, why in taus]
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
    main = made.main(next(row for row in rows if row["prior"] == "neutral"))
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
        "printed": {"brief": "0.94", "facts": [["printed in", "abstract"]], "tables": []},
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
        "priors": [made.prior(*p) for p in made.PRIORS] + [made.prior("size (k)", "nuisance", "normal(0, 1)", "of the set", "95% between 0.14 and 7.1", None)],
        "main": main,
        "rows": rows,
        "prior_predictive": [made.implied(prior) for prior in made.MEDIANS],
        "pooling": None,
        "sensitivity": {"text": "", "tables": made.tables(True), "reason": None},
        "diagnostics": [diagnosed(r, None) for r in rows if r["parameter"] in ("effect", "mu")],
        "software": {"bayes-reanalysis": "0.1.0", "pymc": "6.4.0", "nutpie": "0.16.11", "arviz": "1.3.0"},
        "settings": {"chains": 4, "draws": 3000, "tune": 1000, "target_accept": 0.8, "seed": 20260101},
        "fingerprint": {main["key"]: HASH},
        "cutoffs": [],
        "absolute": {"rows": [made.at_risk(-0.004)], "counted": None, "reason": None},
        "predictive": {"rows": [], "reason": None, "cannot_fail": None},
        "operating": [],
        "findings": [],
        "disclosures": made.disclosures({}),
        "terms": None,
        "plain": "",
        "figures": [{"id": "triplot", "title": "Prior, likelihood, posterior", "description": "Three curves."}],
        "made_of": HASH,
    }  # fmt: skip


def _sha(kind: str, name: str) -> str:
    return hashlib.sha256(shipped(kind)[name].read_bytes()).hexdigest()


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
