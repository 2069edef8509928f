"""Excerpts of real records: direction, arms and numbers as posted and as published."""

import random
from copy import deepcopy
from decimal import Decimal

import pytest
from support.registry_records import EXCERPTS, MEASURES, excerpt, imported, rows, value_at

from bayes.importing.answers import Answers, OfRecord
from bayes.paper.evidence import Estimate
from bayes.paper.places import located

NAMES = sorted(path.stem for path in EXCERPTS.glob("*.json"))


@pytest.fixture(scope="module")
def read():
    """What each excerpt becomes if lower is better wherever it does not say."""
    return {name: imported(excerpt(name), benefit="lower") for name in NAMES}


def outcome(read, name, number):
    """The outcomes of an outcome measure, by its number."""
    record, trial = read[name]
    ids = dict.fromkeys(one.outcome for one in record.results if one.place.startswith(f"{MEASURES}[{number}]") and one.outcome)
    return [trial.outcomes[one] for one in ids]


def test_the_hazard_ratio_of_sustain_6(read):
    """Marso and others 2016, N Engl J Med 375:1834-44: 0.74 (0.58 to 0.95), P = 0.02 for superiority; 1648 v 1649."""
    found, *_ = outcome(read, "NCT01720446", 0)
    assert (found.measure, found.benefit, found.role, found.analysis_set) == ("hazard_ratio", "lower", "primary", "itt")
    assert (str(found.evidence.estimate), [str(limit) for limit in found.evidence.ci]) == ("0.74", ["0.58", "0.95"])
    assert found.evidence.p is None, "that of non-inferiority is not one of no effect"
    assert [str(result.p) for result in found.printed] == ["0.0167"]
    assert (found.trial.arms.treatment, found.trial.arms.control, found.trial.n.treatment, found.trial.n.control) == ("Semaglutide", "Placebo", 1648, 1649)


def test_doses_have_their_own_placebo(read):
    doses = outcome(read, "NCT01720446", 1)
    contrasts = [doses[0].trial.contrasts[one.contrast] for one in doses]
    assert [(one.treatment, one.control) for one in contrasts] == [("Semaglutide 0.5 mg", "Placebo 0.5 mg"), ("Semaglutide 1.0 mg", "Placebo 1.0 mg")]
    assert [(one.n.treatment, one.n.control) for one in contrasts] == [(826, 824), (822, 825)]
    for one, (treatment, control) in zip(doses, [("-1.75", "-1.02"), ("-2.11", "-0.88")], strict=True):
        rounding = Decimal("0.015")  # of both means and of their difference
        assert abs(one.evidence.estimate - (Decimal(treatment) - Decimal(control))) <= rounding, "the difference of the posted means"


@pytest.mark.parametrize("number, estimate, ci", [(0, "0.89", ["0.77", "1.04"]), (1, "0.91", ["0.77", "1.08"])])
def test_the_hazard_ratios_of_topcat(read, number, estimate, ci):
    """Pitt and others 2014, N Engl J Med 370:1383-92: the primary outcome, and death from any cause."""
    found, *_ = outcome(read, "NCT00094302", number)
    assert (str(found.evidence.estimate), [str(limit) for limit in found.evidence.ci], found.benefit) == (estimate, ci, "lower")


def test_a_hazard_ratio_and_its_counts_are_two_reports_of_one_result(read):
    """Husain and others 2019, N Engl J Med 381:841-51: 0.79 (0.57 to 1.11), 61 of 1591 v 76 of 1592."""
    ratio, counts = outcome(read, "NCT02692716", 0)
    assert str(ratio.evidence.estimate) == "0.79" and ratio.evidence.compares == "treatment_vs_control"
    assert [(arm.events, arm.n) for arm in (counts.evidence.treatment, counts.evidence.control)] == [(61, 1591), (76, 1592)]
    assert counts.other_reports == (ratio.id,)
    assert "against a margin" in ratio.notes


@pytest.mark.parametrize("name", ["NCT00267098", "NCT02294734"])
def test_no_posterior_is_read_as_a_likelihood(read, name):
    """All analyses of BLOCK HF and of the COPD trial are posteriors, and the medians and adjusted means with intervals too."""
    record, trial = read[name]
    analyses = [one for one in record.results if ".analyses[" in one.place]
    assert analyses and {(one.status, one.reason) for one in analyses} == {("refused", "a posterior, not a likelihood")}
    assert trial.outcomes, "counts and means with standard deviations are data"
    for one in trial.outcomes.values():
        assert not isinstance(one.evidence, Estimate) and not one.printed
        assert one.evidence.kind in ("binary", "means")
        assert one.evidence.kind == "binary" or one.evidence.treatment.sd_is_printed


def test_nyha_classes_are_ordered_and_baseline_is_no_outcome(read):
    record, trial = read["NCT04180696"]
    found = trial.outcomes["change_in_new_york_heart_associati_6_month"]
    assert found.evidence.categories[0].startswith("Class I") and found.measure == "common_odds_ratio" and found.benefit == "higher"
    posted = value_at(excerpt("NCT04180696"), f"{MEASURES}[1].classes[2].categories")
    assert [int(one["measurements"][0]["value"]) for one in posted[:-1]] == [int(n) for n in found.evidence.treatment]
    assert "Not reported" in posted[-1]["title"] and "Not counted: Not reported." in found.notes
    assert rows(record)["[1].classes[0]"][:2] == ("refused", "a baseline value, not an outcome")


def test_an_interval_off_its_estimate_is_printed_beside_the_arms(read):
    """-7.52 (-9.32 to 5.72): a sign was lost, and the means are the evidence."""
    found, other = outcome(read, "NCT01815424", 1)
    assert found.evidence.kind == "means" and found.printed[0].ci == (Decimal("-9.32"), Decimal("5.72"))
    assert other.evidence.kind == "estimate"


@pytest.mark.parametrize("name", NAMES)
def test_every_number_is_at_its_place(read, name):
    """The digits of each number are those at its JSON path; each number has a place, except derived degrees of freedom.

    A pooled standard deviation names the spreads of both arms (two limits each, where it follows from intervals), and is
    at least the smaller of two standard deviations, or standard errors.
    """
    posted, (_, trial) = excerpt(name), read[name]
    for one in trial.outcomes.values():
        numbers = located(one)
        for path, place in one.sources.items():
            if place.path.startswith("pooled from "):
                spreads = [float(value_at(posted, part)) for part in place.path.removeprefix("pooled from ").split(", ")]
                assert path == "sd_ref" and len(spreads) in (2, 4)
                assert len(spreads) == 4 or float(one.sd_ref) >= min(spreads)
                continue
            stands = str(value_at(posted, place.path)).lstrip("<>= ")
            assert Decimal(numbers[path].lstrip("<>")) == Decimal(stands) if not place.path.endswith("title") else numbers[path] in stands
        derived = {".sd": (".se", ".ci.0"), ".events": (".percent",)}
        for path in numbers.keys() - one.sources.keys():
            arm, _, number = path.partition(".")
            whole = path in ("treatment", "control") or path.endswith("ci")
            assert whole or path == "df" or any(f"{arm}{behind}" in one.sources for behind in derived[f".{number}"])


@pytest.mark.parametrize("name", NAMES)
def test_every_result_has_a_row(read, name):
    places = set(rows(read[name][0]))
    for i, one in enumerate(value_at(excerpt(name), MEASURES)):
        for kind in ("classes", "analyses"):
            for j in range(len(one.get(kind, ()))):
                assert f"[{i}].{kind}[{j}]" in places or any(place.startswith(f"[{i}].{kind}[{j}].") for place in places)


@pytest.mark.parametrize("name", NAMES)
def test_ids_do_not_depend_on_what_is_decided(read, name):
    record, trial = imported(excerpt(name))
    everything = set(read[name][1].outcomes)
    assert set(trial.outcomes if trial else ()) <= everything
    asked = [line for line in record.questions if line.startswith("# [records.")]
    assert all(any(one.startswith(line.rstrip("]").rpartition(".")[2]) for one in everything) for line in asked)


def test_answers_about_one_outcome():
    answers = Answers(records={"nct01720446": OfRecord(outcomes={"change_from_baseline_to_last_asses": {"benefit": "lower"}})})
    _, trial = imported(excerpt("NCT01720446"), answers=answers)
    assert [one.benefit for one in trial.outcomes.values() if "Fasting Plasma Glucose" in one.label] == ["lower"] * 2
    left = Answers(records={"nct01720446": OfRecord(outcomes={"time_from_randomisation_to_first_o": {"leave_out": True}})})
    record, trial = imported(excerpt("NCT01720446"), answers=left)
    assert "time_from_randomisation_to_first_o" not in trial.outcomes and rows(record)["[0].analyses[0]"][:2] == ("refused", "left out by a decision")


ODD = [None, True, 0, 1e308, "", "NA", "1,5", "1,234", "<0.001", "-", "nan", [], {}, [None], {"a": 1}, "\ud800", "50%", "0.000", "9" * 40, "1e-400"]


def parts(value, path=()):
    """Yield the path of every part of a record."""
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield (*path, key)
        yield from parts(inner, (*path, key))


@pytest.mark.parametrize("seed", range(30))
def test_a_damaged_record_becomes_rows(seed):
    """Parts are dropped, replaced by other types, or doubled: nothing fails, and what is imported is valid."""
    rng = random.Random(seed)
    record = excerpt(rng.choice(NAMES))
    for path in rng.sample(list(parts(record)), 40):
        try:
            inside = value_at(record, ".".join(map(str, path[:-1]))) if path[:-1] else record
            if rng.random() < 0.3:
                del inside[path[-1]]
            elif isinstance(inside, list) and rng.random() < 0.2:
                inside.append(deepcopy(rng.choice(inside)))
            else:
                inside[path[-1]] = rng.choice(ODD)
        except (KeyError, IndexError, TypeError, ValueError):
            continue
    found, _ = imported(record, benefit=rng.choice(["lower", None]), treatment=rng.choice(["a", None]))
    assert found.results and all(one.reason for one in found.results if one.status != "imported")
