"""Rows, thresholds and derived quantities as views of a record: each number in its own column, draws and quadrature apart."""

import json
from dataclasses import replace

import pytest
from support.trials import make_analysis, make_estimate

from bayes.posterior.description import record_of
from bayes.posterior.names import BETA, EFFECT, TAU, effect_of
from bayes.posterior.parameter import Derived, ExactAnswer, Flag, Parameter, Probabilities, Share
from bayes.posterior.problems import Problem
from bayes.posterior.record import Gate
from bayes.posterior.remark import Remark
from bayes.posterior.rows import derived_of, frame, rows_of, thresholds_of

SHARES = ("p_benefit", "p_harm", "p_mcid", "p_severe_harm", "p_margin", "p_rope")
PROBABILITIES = Probabilities(**{name: Share(i / 10, i / 1000) for i, name in enumerate(SHARES, 1)}, beyond=((0.9, 0.25), (1.0, 0.75)))
OF_QUADRATURE = {name: 0.5 + i / 100 for i, name in enumerate(SHARES)} | {"mean": 0.11, "sd": 0.12, "median": 0.13, "ci_low": 0.14, "ci_high": 0.15}
EXACT = ExactAnswer("by quadrature", **OF_QUADRATURE, beyond=((0.9, 0.26), (1.0, 0.76)), bf_01=3.0, p_favours_treatment=0.4)
DERIVED = (Derived("risk_control", 0.3, 0.2, 0.4), Derived("nnt", 10.0, 5.0, None))


def parameter(name=EFFECT, **more):
    numbers = {"mean": 0.01, "sd": 0.02, "median": 0.03, "ci_low": -0.04, "ci_high": 0.05, "mcse_mean": 0.06, "ess_bulk": 7.0, "ess_tail": 8.0}
    return Parameter(**{"name": name, "probabilities": PROBABILITIES, "exact": EXACT} | numbers | more)


def record(*parameters, gate=Gate(1.001, 2, 0.9), remarks=()):  # noqa: B008 (frozen)
    found = record_of(make_analysis(make_estimate(planned={"value": 0.7, "source": "s"}, rope=[0.95, 1.05]), "normal(0, 1)"), parameters, gate, {})
    return replace(found, remarks=remarks)


def test_every_number_has_its_column():
    (row,) = rows_of(record(parameter(shrinkage=0.3, derived=DERIVED), remarks=(Remark("as_treated"), Remark("open_by_construction"))))
    assert [row[name] for name in ("mean", "sd", "median", "ci_low", "ci_high", "mcse_mean", "ess_bulk", "ess_tail", "shrinkage")] == [0.01, 0.02, 0.03, -0.04, 0.05, 0.06, 7.0, 8.0, 0.3]
    assert [(row[name], row[f"mcse_{name}"]) for name in SHARES] == [(i / 10, i / 1000) for i in range(1, 7)]
    assert [row[f"exact_{name}"] for name in SHARES] == [OF_QUADRATURE[name] for name in SHARES]
    assert [row[f"exact_{name}"] for name in ("mean", "sd", "median", "ci_low", "ci_high", "method")] == [0.11, 0.12, 0.13, 0.14, 0.15, "by quadrature"]
    assert (row["bf_01"], row["p_favours_treatment"], row["p_null"], row["ci_prob"]) == (3.0, 0.4, None, 0.95)
    assert (row["estimate_low"], row["estimate"], row["estimate_high"]) == pytest.approx((0.960789, 1.030455, 1.051271), abs=1e-6)
    assert (row["mcid"], row["planned"], row["margin"], row["null"], row["rope_low"], row["rope_high"]) == (0.9, 0.7, None, 1.0, 0.95, 1.05)
    assert (row["scale"], row["benefit"], row["status"], row["reason"], row["r_hat"], row["divergences"]) == ("log", "lower", "ok", None, 1.001, 2)
    assert row["note"] == "arms as treated, not as randomised; " + str(Remark("open_by_construction")) and row["p_by_construction"] == 0.5
    assert json.loads(row["p_beyond"]) == {"0.9": 0.25, "1": 0.75}
    assert json.loads(row["derived"]) == {"risk_control": {"median": 0.3, "low": 0.2, "high": 0.4}, "nnt": {"median": 10.0, "low": 5.0, "high": None, "text": DERIVED[1].text}}


def test_exactly_no_effect_is_taken_from_quadrature_where_there_is_one():
    drawn, exact = parameter(p_null=0.2), parameter(p_null=0.2, exact=replace(EXACT, p_null=0.25))
    assert [row["p_null"] for row in rows_of(record(drawn, exact, parameter(p_null=0.2, exact=None)))] == [0.2, 0.25, 0.2]
    (alone,) = rows_of(record(parameter(exact=None, probabilities=None)))
    assert alone["exact_mean"] is alone["p_benefit"] is alone["mcse_p_benefit"] is alone["p_beyond"] is alone["derived"] is None


def test_tau_has_no_direction_and_a_slope_no_thresholds():
    tau, beta = rows_of(record(parameter(TAU, probabilities=None), parameter(BETA), remarks=(Remark("nothing_directed"),)))
    assert [tau[name] for name in ("benefit", "mcid", "margin", "null", "p_by_construction", "estimate", "rope_low")] == [None] * 7
    assert (beta["mcid"], beta["margin"], beta["rope_low"], beta["benefit"], beta["p_by_construction"]) == (None, None, None, "lower", 0.5)
    assert beta["estimate"] is not None


def test_a_flag_comes_before_the_remarks_and_a_failure_has_its_reason():
    flagged = parameter(flag=Flag(Share(0.876, 0.0123), 0.8))
    (row,) = rows_of(record(flagged, gate=Gate(1.2, 0, None, (Problem("divergences", 3),)), remarks=(Remark("as_treated"),)))
    assert row["note"] == "flagged: P(increase) 0.88 (Monte Carlo error 0.012) >= 0.8; arms as treated, not as randomised"
    assert (row["status"], row["reason"]) == ("failed", "3 divergences")
    assert rows_of(record(parameter()))[0]["note"] is None


def test_thresholds_for_a_reader_are_those_of_quadrature():
    whole = record(parameter(), parameter(TAU, probabilities=None))
    assert [(row["threshold"], row["probability"]) for row in thresholds_of(whole)] == [(0.9, 0.25), (1.0, 0.75)]
    assert [(row["threshold"], row["probability"]) for row in thresholds_of(whole, for_a_reader=True)] == [(0.9, 0.26), (1.0, 0.76)]
    drawn = record(parameter(exact=None), parameter(exact=replace(EXACT, beyond=())))
    assert [row["probability"] for row in thresholds_of(drawn, for_a_reader=True)] == [0.25, 0.75] * 2
    assert thresholds_of(whole)[0] | {"threshold": 0, "probability": 0} == {"trial": "example", "outcome": "it", "model": whole.model, "prior": "normal(0, 1)", "key": whole.key, "parameter": "effect", "threshold": 0, "probability": 0}


def test_rows_of_a_table_fitted_alone_bear_the_names_of_the_table():
    alone = record(parameter(derived=DERIVED))
    table = replace(record(), key="table", alone=(("s/x", alone), ("s/y", alone)))
    assert [(row["parameter"], row["key"], row["mean"]) for row in rows_of(table)] == [(f"effect[s/{name}]", "table", 0.01) for name in "xy"]
    found = derived_of(table)
    assert [(row["parameter"], row["quantity"], row["median"], row["low"], row["high"]) for row in found] == [
        (str(effect_of(f"s/{name}")), one.quantity, one.median, one.low, one.high) for name in "xy" for one in DERIVED
    ]


def test_a_frame_has_every_column_and_nan_for_what_is_missing():
    rows = rows_of(record(parameter()))
    found = frame(rows)
    assert list(found.columns) == list(rows[0]) and found["mcid"][0] == 0.9 and found["margin"].isna().all()
