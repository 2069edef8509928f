"""Made records: which arms are compared, what is evidence, in which direction, and why the rest is not used."""

import gzip
import json
from decimal import Decimal

import pytest
from support.registry_records import analysis, imported, measure, rows, study

from bayes.errors import InvalidInput
from bayes.importing import read
from bayes.importing.answers import Answers

LOWER = Answers(benefit="lower")


def only(*measures, answers=LOWER, **design):
    """The one outcome of a made record."""
    record, trial = imported(study(*measures, **design), answers=answers)
    assert trial is not None, record.results
    (found,) = trial.outcomes.values()
    return found


def reasons(*measures, answers=LOWER, **design):
    """Status and reason of each row of a made record, by its place."""
    record, _ = imported(study(*measures, **design), answers=answers)
    return {place: found[:2] for place, found in rows(record).items()}


def test_means_with_their_standard_deviations():
    found = only(measure("Change in score", classes={"": (("5.10", "2.0"), ("4.0", "2.2"))}))
    assert (found.evidence.kind, found.measure, found.evidence.values) == ("means", "mean_difference", "change")
    assert (str(found.evidence.treatment.mean), found.evidence.treatment.n, found.evidence.control.n) == ("5.10", 50, 48)
    assert str(found.sources["treatment.mean"]) == "resultsSection.outcomeMeasuresModule.outcomeMeasures[0].classes[0].categories[0].measurements[0].value"


@pytest.mark.parametrize(
    "value, compares, how",
    [
        ("1.1", "treatment_vs_control", "the arms give 1.1"),
        ("-1.1", "control_vs_treatment", "or -1.1 the other way"),
    ],
)
def test_the_direction_of_an_effect_is_recomputed_from_the_arms(value, compares, how):
    """The groups of the analysis are in the same order in both cases."""
    low, high = sorted(Decimal(value) + Decimal(one) for one in ("-0.85", "0.85"))
    found = only(measure(analyses=[analysis(value=value, low=str(low), high=str(high), statisticalMethod="t-test, 2 sided")]))
    assert found.evidence.kind == "means" and found.printed[0].compares == compares


def adjusted(value, low, high, **more):
    return analysis("LS Mean Difference", value, low, high, statisticalMethod="ANCOVA", **more)


def test_an_adjusted_effect_is_the_evidence_and_the_raw_means_another_report():
    _, trial = imported(study(measure(analyses=[adjusted("0.9", "0.3", "1.5", pValue="0.003")])), answers=LOWER)
    effect, arms = trial.outcomes["score"], trial.outcomes["score_arms"]
    assert (effect.evidence.kind, effect.adjusted, str(effect.evidence.p)) == ("estimate", True, "0.003")
    assert (arms.evidence.kind, arms.other_reports) == ("means", ("score",))


@pytest.mark.parametrize(
    "comment, expected",
    [
        ("Drug minus placebo", "treatment_vs_control"),
        ("Placebo - Drug", "control_vs_treatment"),
        ("Drug/Placebo", "treatment_vs_control"),
        ("placebo-corrected difference", "treatment_vs_control"),
    ],
)
def test_words_tell_the_direction_where_the_arms_do_not(comment, expected):
    """The arms differ by 0: no number can tell the direction of -0.1 (-0.9 to 0.7)."""
    same = {"": (("4.0", "2.0"), ("4.0", "2.2"))}
    found = imported(study(measure(classes=same, analyses=[adjusted("-0.1", "-0.9", "0.7", estimateComment=comment)])), answers=LOWER)[1]
    assert found.outcomes["score"].evidence.compares == expected


def test_an_effect_of_unknown_direction_is_offered():
    same = {"": (("4.0", "2.0"), ("4.0", "2.2"))}
    found = reasons(measure(classes=same, analyses=[adjusted("-0.1", "-0.9", "0.7")]))
    assert found["[0].analyses[0]"] == ("offered", "which arm the posted effect puts first is not stated; decide `treatment`")
    decided = imported(study(measure(classes=same, analyses=[adjusted("-0.1", "-0.9", "0.7")])), benefit="lower", treatment="Drug", control="placebo")[1]
    assert decided.outcomes["score"].evidence.compares == "treatment_vs_control"


def test_words_that_the_numbers_contradict_decide_nothing():
    """The arms are 1.1 apart; 0.6 (-1.3 to 2.5) is 0.5 standard errors from 1.1, but 1.8 from -1.1, as the words have it."""
    found = reasons(measure(analyses=[adjusted("0.6", "-1.3", "2.5", estimateComment="Placebo minus Drug")]))
    assert found["[0].analyses[0]"][0] == "offered"


@pytest.mark.parametrize(
    "design, reason",
    [
        ({"allocation": "NON_RANDOMIZED"}, "not randomised"),
        ({"allocation": "NA", "model": "SINGLE_GROUP"}, "not randomised"),
        ({"arms": (("Drug", "EXPERIMENTAL"), ("Other", "EXPERIMENTAL"))}, "which arm is the treatment is not stated; decide `treatment`"),
        ({"model": "CROSSOVER"}, "crossover: the same participants in both arms, and no paired data are posted"),
        ({"briefSummary": "The primary analysis is Bayesian."}, None),
    ],
)  # fmt: skip
def test_designs(design, reason):
    titles = ("Drug", "Other") if "arms" in design else ("Drug", "Placebo")
    found = reasons(measure(titles=titles), **design)
    place = "[0]" if reason == "not randomised" else "[0].classes[0]"
    assert found[place][1] == (reason or "the evidence")


def test_the_estimate_of_a_crossover_is_used():
    found = only(measure(analyses=[analysis(estimateComment="Drug - Placebo")]), model="CROSSOVER")
    assert found.evidence.kind == "estimate" and found.trial.design == "randomised, crossover"


@pytest.mark.parametrize(
    "titles, arms, expected",
    [
        (("Placebo", "Drug"), (), ("Drug", "Placebo")),
        (("Drug", "Usual care"), (), ("Drug", "Usual care")),
        (("Group A", "Group B"), (("Group A", "SHAM_COMPARATOR"), ("Group B", "ACTIVE_COMPARATOR")), ("Group B", "Group A")),
        (("Old", "New"), (("New", "EXPERIMENTAL"), ("Old", "ACTIVE_COMPARATOR")), ("New", "Old")),
        (("DRUG 5MG BID", "Placebo + Methotrexate"), (), None),
        (("Drug + Methotrexate", "Placebo + Methotrexate"), (), ("Drug + Methotrexate", "Placebo + Methotrexate")),
        (("Drug", "Placebo to Drug"), (), None),
        (("Dose 1", "Dose 2"), (("Dose 1", "EXPERIMENTAL"), ("Dose 2", "EXPERIMENTAL")), None),
    ],
)
def test_which_arm_is_the_treatment(titles, arms, expected):
    _, trial = imported(study(measure(titles=titles), arms=arms), answers=LOWER)
    assert (trial and (trial.arms.treatment, trial.arms.control)) == expected


def test_three_arms_make_two_contrasts():
    arms = (("Low", "EXPERIMENTAL"), ("High", "EXPERIMENTAL"), ("Placebo", "PLACEBO_COMPARATOR"))
    three = measure(titles=("Low", "Placebo", "High"), n=(30, 31, 32), classes={"": (("1", "2"), ("2", "2"), ("3", "2"))})
    _, trial = imported(study(three, arms=arms), answers=LOWER)
    assert [(one.id, float(one.evidence.treatment.mean), one.contrast) for one in trial.outcomes.values()] == [("score_low", 1.0, None), ("score_high", 3.0, "high_v_placebo")]
    assert trial.contrasts["high_v_placebo"].n.treatment == 32


def test_responders_and_others_are_not_the_arms():
    split = measure(titles=("Drug", "Placebo Rescue", "Placebo Non-rescue"), n=(30, 20, 21), classes={"": (("1", "2"), ("2", "2"), ("3", "2"))})
    assert reasons(split)["[0].classes[0]"] == ("offered", "the groups are not the randomised arms; decide `treatment` and `control`")


@pytest.mark.parametrize(
    "parameter, dispersion, unit, values, kind",
    [
        ("COUNT_OF_PARTICIPANTS", "", "Participants", ("12", "20"), "binary"),
        ("NUMBER", "", "participants", ("12", "20"), "binary"),
        ("NUMBER", "", "percentage of participants", ("24", "41.7"), "binary"),
        ("NUMBER", "95% Confidence Interval", "percentage of participants", (("24.0", "13.1", "38.2"), ("41.7", "27.6", "56.8")), "binary"),
        ("NUMBER", "", "events", ("12", "20"), "events"),
        ("NUMBER", "95% Confidence Interval", "events per 100 person-years", (("3.1", "2.0", "4.8"), ("4.0", "2.7", "5.9")), "rates"),
        ("MEAN", "Standard Error", "mmHg", (("5.1", "0.3"), ("4.0", "0.3")), "means"),
        ("LEAST_SQUARES_MEAN", "95% Confidence Interval", "mmHg", (("5.1", "4.5", "5.7"), ("4.0", "3.4", "4.6")), "means"),
        ("GEOMETRIC_MEAN", "Geometric Coefficient of Variation", "ng/mL", (("51", "30"), ("40", "32")), "geometric_means"),
        ("GEOMETRIC_MEAN", "95% Confidence Interval", "ng/mL", (("51", "45", "58"), ("40", "35", "46")), "geometric_means"),
        ("MEDIAN", "Inter-Quartile Range", "days", (("5", "3", "9"), ("6", "4", "11")), "medians"),
        ("MEDIAN", "Full Range", "days", (("5", "1", "19"), ("6", "2", "21")), "medians"),
    ],
)  # fmt: skip
def test_what_the_arms_say(parameter, dispersion, unit, values, kind):
    assert only(measure(parameter=parameter, dispersion=dispersion, unit=unit, classes={"": values})).evidence.kind == kind


@pytest.mark.parametrize(
    "changes, reason",
    [
        ({"parameter": "NUMBER", "dispersion": "", "unit": "percentage of participants", "n": (1648, 1649), "classes": {"": ("6.6", "8.9")}}, "a percentage fits no single count"),
        ({"parameter": "COUNT_OF_PARTICIPANTS", "classes": {"": ("60", "20")}}, "more participants with the event than analysed"),
        ({"classes": {"": (("NA", "2.0"), ("4.0", "2.2"))}}, "no number is posted for both arms"),
        ({"classes": {"": (("1,553", "2.0"), ("4.0", "2.2"))}}, "a comma that separates decimals or thousands: 1,553"),
        ({"classes": {"": (("5.1", "0"), ("4.0", "2.2"))}}, "the standard deviation is not above 0"),
        ({"classes": {"Baseline": (("5.1", "2.0"), ("4.0", "2.2"))}}, "a baseline value, not an outcome"),
        ({"dispersion": "Full Range", "classes": {"": (("5.1", "2.0", "9"), ("4.0", "2.2", "8"))}}, "no evidence in the arms: mean with full range"),
        ({"unit": "eyes", "units_analysed": "eyes", "typeUnitsAnalyzed": "eyes"}, "the units analysed are not participants"),
        ({"title": "Time to recovery", "parameter": "MEDIAN", "dispersion": "95% Confidence Interval", "classes": {"": (("5", "3", "9"), ("6", "4", "11"))}}, "a median time, with censored times among its own"),
        ({"parameter": "NUMBER", "dispersion": "", "unit": "events per 100 person-years", "classes": {"": ("3.1", "4.0")}}, "a rate without its precision"),
    ],
)  # fmt: skip
def test_what_the_arms_do_not_say(changes, reason):
    assert reasons(measure(**changes))["[0].classes[0]"] == ("refused", reason)


def test_the_number_analysed_may_be_in_the_title_of_a_time_point():
    found = only(measure(classes={"Week 24 (n=31, 28)": (("5.1", "2.0"), ("4.0", "2.2"))}))
    assert (found.evidence.treatment.n, found.evidence.control.n) == (31, 28)
    assert found.sources["control.n"].path.endswith("classes[0].title")


HR = {"parameter": "NUMBER", "dispersion": "", "unit": "participants", "classes": {"": ("12", "20")}}


@pytest.mark.parametrize(
    "changes, reason",
    [
        ({"low": "1.95", "high": "0.25"}, "the limits are not in order"),
        ({"low": "1.5"}, "the interval excludes its own estimate"),
        ({"low": "1.1", "high": "1.1"}, "the limits are equal"),
        ({"level": "05"}, "an impossible level of the interval: 05"),
        ({"value": "1,234"}, "a comma that separates decimals or thousands: 1,234"),
        ({"parameter": "Slope"}, "the parameter is not an effect of treatment"),
        ({"parameter": "Hazard Ratio, log"}, "the effect is a logarithm"),
        ({"parameter": "Odds Ratio (OR)", "value": "0.0", "low": "0.0", "high": "42.0"}, "a ratio that is not above 0"),
        ({"parameter": "LS Mean Ratio", "value": "91.52", "low": "87.77", "high": "95.43"}, "a ratio in percent"),
        ({"sides": "ONE_SIDED"}, "a one-sided interval with two limits"),
        ({"parameter": "Posterior Median Ratio"}, "a posterior, not a likelihood"),
        ({"groupIds": ["OG000"]}, "an analysis within one group"),
        ({"groupIds": ["OG000", "OG001", "OG002"]}, "a comparison of more than two groups"),
    ],
)
def test_effects_that_are_not_used(changes, reason):
    named = {"level": "ciPctValue", "sides": "ciNumSides"}
    posted = analysis(**{name: value for name, value in changes.items() if name in ("parameter", "value", "low", "high")})
    posted |= {named.get(name, name): value for name, value in changes.items() if name not in ("parameter", "value", "low", "high")}
    assert reasons(measure(analyses=[posted]))["[0].analyses[0]"] == ("refused", reason)


@pytest.mark.parametrize(
    "value, low, high, used",
    [
        ("0.70", "0.50", "0.98", True),
        ("0.70", "0.20", "1.20", False),
        ("0.05", "0.00", "0.98", True),
        ("1.26", "1.019", "1.444", False),
    ],
)
def test_a_ratio_is_evidence_if_its_interval_is_about_it_on_the_log_scale(value, low, high, used):
    """0.70 is the root of 0.50 x 0.98; limits symmetric about the ratio itself are not its own; 0.00 is a bound."""
    found = reasons(measure(analyses=[analysis("Hazard Ratio (HR)", value, low, high, estimateComment="Drug/Placebo")], **HR))
    assert (found["[0].analyses[0]"][0] == "imported") == used


def test_one_sided_intervals_and_other_levels():
    one = only(measure(analyses=[analysis(high="", ciNumSides="ONE_SIDED", ciPctValue="97.5", estimateComment="Drug - Placebo")]), model="CROSSOVER")
    assert one.evidence.ci == (Decimal("0.25"), None) and one.evidence.level == Decimal("0.975")
    two = only(measure(analyses=[analysis(high="NA", estimateComment="Drug - Placebo")]), model="CROSSOVER")
    assert two.evidence.level == Decimal("0.975"), "a limit of a two-sided 95% interval that stands alone"
    odd = only(measure(analyses=[analysis(ciPctValue="97.3", estimateComment="Drug - Placebo")]), model="CROSSOVER")
    assert str(odd.evidence.level) == "0.973"


def test_a_difference_of_risks_in_percent_keeps_its_digits():
    counts = {"parameter": "COUNT_OF_PARTICIPANTS", "dispersion": "", "unit": "Participants", "n": (100, 100), "classes": {"": ("30", "24")}}
    found = only(measure(analyses=[analysis("Risk Difference (RD)", "6.0", "-6.3", "18.3")], **counts))
    assert found.measure == "risk_difference" and str(found.printed[0].estimate) == "0.060" and str(found.printed[0].ci[0]) == "-0.063"


@pytest.mark.parametrize(
    "changes, p",
    [
        ({"pValue": "0.013"}, "0.013"),
        ({"pValue": "= 0.013"}, "0.013"),
        ({"pValue": "<0.05"}, "<0.05"),
        ({"pValue": "0.000"}, "<0.0005"),
        ({"pValue": "0"}, "None"),
        ({"pValue": "0.013", "nonInferiorityType": "NON_INFERIORITY"}, "None"),
        ({"pValue": "0.013", "statisticalMethod": "t-test, 1 sided"}, "None"),
        ({"pValue": "0.013", "pValueComment": "One-sided p-value"}, "None"),
        ({"pValue": "0.013", "pValueComment": "adjusted for multiplicity"}, "None"),
        ({"pValue": "0.013", "pValueComment": "The p-value was not adjusted for multiple comparisons"}, "0.013"),
        ({"pValue": "0.0056"}, "None"),
        ({"pValue": "0.9944"}, "None"),
    ],
)
def test_only_two_sided_p_values_of_no_effect_are_read(changes, p):
    """1.1 (0.25 to 1.95) has z = 2.536 and a two-sided p of 0.0112, so that 0.0056 is one tail of it, and 0.9944 the other."""
    found = only(measure(analyses=[analysis(estimateComment="Drug - Placebo", **changes)]), model="CROSSOVER")
    assert str(found.evidence.p) == p


def test_degrees_of_freedom_follow_from_an_interval_and_its_standard_error():
    """t(0.975, 20) = 2.086: with 20 degrees of freedom a standard error of 1.000 gives limits 2.086 from the estimate."""
    posted = analysis(value="1.100", low="-0.986", high="3.186", dispersionType="STANDARD_ERROR_OF_MEAN", dispersionValue="1.000", estimateComment="Drug - Placebo")
    assert only(measure(analyses=[posted]), model="CROSSOVER").evidence.df == 20


@pytest.mark.parametrize("shape", ["study", "list", "studies", "lines", "gzip", "marked"])
def test_forms_of_a_document(shape, tmp_path):
    two = [study(measure(), number="NCT00000001"), study(measure(), number="NCT00000002")]
    text = {
        "study": json.dumps(two[0], indent=1),
        "list": json.dumps(two),
        "studies": json.dumps({"studies": two}, indent=2),
        "lines": "\n".join(map(json.dumps, two)) + "\n",
    }.get(shape, json.dumps(two[0]))
    content = (b"\xef\xbb\xbf" if shape == "marked" else b"") + text.encode()
    path = tmp_path / "records.json"
    path.write_bytes(gzip.compress(content) if shape == "gzip" else content)
    found = read(path, benefit="lower")
    assert [trial.id for trial in found.trials] == ["nct00000001", "nct00000002"][: 2 if shape in ("list", "studies", "lines") else 1]


@pytest.mark.parametrize(
    "content, said",
    [
        ('{"protocolSection": {', "not JSON"),
        ('{"protocolSection": {}}\n{"a": \n', "line 2 is not JSON"),
        ('{"protocolSection": ' + "[" * 100_000, "not JSON: nested too deeply"),
    ],
)
def test_a_document_that_is_not_json_is_one_sentence(content, said, tmp_path):
    path = tmp_path / "records.json"
    path.write_text(content)
    with pytest.raises(InvalidInput, match=said) as caught:
        read(path)
    assert len(caught.value.mistakes) == 1


def test_what_is_no_study_or_has_no_results_is_a_row(tmp_path):
    path = tmp_path / "records.jsonl"
    path.write_text('{"protocolSection": {}}\n{"a": 1}\n')
    assert read(path).ledger["reason"].tolist() == ["no results are posted", "not a record of a study"]


def test_counts_of_a_damaged_denominator_become_rows():
    """Two categories whose denominators are no whole numbers are not taken for a dichotomy."""
    two = measure(parameter="COUNT_OF_PARTICIPANTS", dispersion="", unit="Participants", n=("12.50", "48"))
    category = two["classes"][0]["categories"][0]
    two["classes"][0]["categories"] = [category | {"title": "Yes"}, category | {"title": "No"}]
    assert {status for status, _ in reasons(two).values()} == {"refused"}


def test_an_analysis_finds_its_time_point():
    """"Week 2" is not in "week 24", and "at least 30%" is ">=30%"."""
    classes = {
        "Week 2: at least 30% reduction": (("1.0", "2.0"), ("0.4", "2.2")),
        "Week 24: at least 30% reduction": (("2.0", "2.0"), ("0.4", "2.2")),
        "Week 24: at least 50% reduction": (("3.0", "2.0"), ("0.4", "2.2")),
    }
    said = "Week 24: >=30% reduction, by a model with 2 covariates"
    _, trial = imported(study(measure(classes=classes, analyses=[adjusted("1.7", "0.9", "2.5", groupDescription=said)])), answers=LOWER)
    assert [one.label for one in trial.outcomes.values() if one.evidence.kind == "estimate"] == ["Score: Week 24: at least 30% reduction"]


@pytest.mark.parametrize("aside", ["Safety cohort: Drug", "Non-randomised Drug", "Single arm"])
def test_a_group_beside_the_randomised_ones_is_not_compared(aside):
    three = measure(titles=("Drug", aside, "Placebo"), n=(30, 31, 32), classes={"": (("1", "2"), ("2", "2"), ("3", "2"))})
    _, trial = imported(study(three), answers=LOWER)
    assert [one.evidence.treatment.n for one in trial.outcomes.values()] == [30]
