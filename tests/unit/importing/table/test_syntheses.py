"""Small tables typed as numbers, with their sources: what is imported gives the published or closed-form answers."""

from math import exp, log, sqrt

import pytest

import bayes
from bayes.importing import read, write
from bayes.importing.answers import Answers

Z = 1.959963984540054

# Thirteen trials of BCG against tuberculosis: Colditz and others (1994), JAMA 271:698-702. Cases and others, of the
# vaccinated and of the controls.
BCG = """trial,author,year,tpos,tneg,cpos,cneg
1,Aronson,1948,4,119,11,128
2,Ferguson & Simes,1949,6,300,29,274
3,Rosenthal et al,1960,3,228,11,209
4,Hart & Sutherland,1977,62,13536,248,12619
5,Frimodt-Moller et al,1973,33,5036,47,5761
6,Stein & Aronson,1953,180,1361,372,1079
7,Vandiviere et al,1973,8,2537,10,619
8,TPT Madras,1980,505,87886,499,87892
9,Coetzee & Berjak,1968,29,7470,45,7232
10,Rosenthal et al,1961,17,1699,65,1600
11,Comstock et al,1974,186,50448,141,27197
12,Comstock & Webster,1969,5,2493,3,2338
13,Comstock et al,1976,27,16886,29,17825
"""
# Early chemotherapy in chronic lymphocytic leukaemia: Steurer and others (2006), Cancer Treat Rev 32:377-89
LEUKAEMIA = """author,year,Ne,Nc,HR,lowHR,uppHR,lnHR,selnHR
FCG on CLL,1996,53,52,0.5532,0.2813,1.0878,-0.592,0.345
Leporrier,2001,341,597,0.9239,0.7919,1.0780,-0.0791,0.0787
Rai,2000,195,200,0.7890,0.5950,1.0463,-0.237,0.144
Robak,2000,133,117,1.1770,0.6386,2.1695,0.163,0.312
"""
# Length of stay after stroke under specialist care: Normand (1999), Stat Med 18:321-59, table 2
STROKE = """study;source;n1i;m1i;sd1i;n2i;m2i;sd2i
1;Edinburgh;155;55;47;156;75;64
2;Orpington-Mild;31;27;7;32;29;4
3;Orpington-Moderate;75;64;17;71;119;29
4;Orpington-Severe;18;66;20;18;137;48
"""
# Infections of catheters by impregnation: Niel-Weise and others (2008), J Hosp Infect 69:114-23
CATHETERS = """study\tauthors\tyear\tx1i\tt1i\tx2i\tt2i
1\tBong et al.\t2003\t7\t1344\t11\t1988
2\tCiresi et al.\t1996\t8\t1600\t8\t1461
3\tHanna et al.\t2004\t3\t12012\t14\t10962
"""


def pooled(estimates):
    """The common effect and its error, then the random-effects mean and its error and tau of DerSimonian and Laird."""
    w = [1 / s**2 for _, s in estimates]
    mean = sum(a * y for a, (y, _) in zip(w, estimates, strict=True)) / sum(w)
    q = sum(a * (y - mean) ** 2 for a, (y, _) in zip(w, estimates, strict=True))
    tau2 = max(0, (q - len(w) + 1) / (sum(w) - sum(a**2 for a in w) / sum(w)))
    wr = [1 / (s**2 + tau2) for _, s in estimates]
    random = sum(a * y for a, (y, _) in zip(wr, estimates, strict=True)) / sum(wr)
    return mean, sum(w) ** -0.5, random, sum(wr) ** -0.5, sqrt(tau2)


def own_estimates(synthesis):
    return [member.evidence.own_estimate(member.measure) for member in synthesis.members]


def test_the_trials_of_bcg_give_the_published_risk_ratio(table):
    """metafor's `rma(measure="RR", ...)` and Stata's metan, which metafor's tests hold against each other: a common effect of
    -0.4303 (limits -0.5097 and -0.3509), and with method DL -0.7141 (-1.0644 and -0.3638) and tau^2 0.3088.
    """
    found = read(table(BCG), benefit="lower", measure="risk_ratio")
    (synthesis,) = found.syntheses
    common, its_error, random, error, tau = pooled(own_estimates(synthesis))
    limits = [common - Z * its_error, common + Z * its_error, random - Z * error, random + Z * error]
    assert (common, random, tau**2) == pytest.approx((-0.4303, -0.7141, 0.3088), abs=5e-5)
    assert limits == pytest.approx([-0.5097, -0.3509, -1.0644, -0.3638], abs=5e-5)
    first = found.trials[0]
    assert (first.id, first.title, first.year) == ("aronson_1948", "Aronson 1948", 1948)
    (outcome,) = first.outcomes.values()
    assert (outcome.evidence.treatment.n, outcome.evidence.control.events) == (123, 11)
    assert outcome.sources["treatment.n"].path == "row 2, columns tpos, tneg"
    assert {trial.id for trial in found.trials} >= {"rosenthal_et_al_1960", "rosenthal_et_al_1961", "comstock_et_al_1976"}


def test_counts_are_of_an_odds_ratio_unless_another_measure_is_decided(table):
    """Woolf's odds ratio of the first trial: 4 x 128 / (119 x 11)."""
    (outcome,) = read(table(BCG), benefit="lower").trials[0].outcomes.values()
    y, s = outcome.evidence.own_estimate(outcome.measure)
    assert (exp(y), s) == pytest.approx((4 * 128 / (119 * 11), sqrt(1 / 4 + 1 / 119 + 1 / 11 + 1 / 128)))


def test_hazard_ratios_are_read_with_their_limits_and_their_logarithms_beside_them(table):
    """The closed form from the limits as typed here; the logarithms of the same table agree to their digits."""
    found = read(table(LEUKAEMIA), benefit="lower")
    typed = [(log(hr), (log(b) - log(a)) / (2 * Z)) for hr, a, b in CLL]
    assert pooled(own_estimates(found.syntheses[0])) == pytest.approx(pooled(typed), abs=1e-9)
    (outcome,) = found.trials[0].outcomes.values()
    assert (str(outcome.evidence.estimate), found.trials[0].n.control) == ("0.5532", 52)
    assert float(outcome.printed[0].estimate) == pytest.approx(exp(-0.592)) and str(outcome.printed[0].se) == "0.345"
    assert found.ledger["reason"].tolist()[:2] == ["", "beside the evidence, as `printed`"]


CLL = [(0.5532, 0.2813, 1.0878), (0.9239, 0.7919, 1.078), (0.789, 0.595, 1.0463), (1.177, 0.6386, 2.1695)]


def test_an_estimate_alone_is_printed_beside_its_logarithm(table):
    """The columns of Thompson and others' table of cholesterol: an odds ratio, its logarithm and the variance of that."""
    found = read(table("studyid,OR,logOR,varlogOR\n1,0.81,-0.208,0.0109\n2,0.56,-0.577,0.0415\n"), benefit="lower")
    (outcome,) = found.trials[0].outcomes.values()
    assert own_estimates(found.syntheses[0])[0] == pytest.approx((-0.208, sqrt(0.0109)), abs=1e-7)
    assert str(outcome.printed[0].estimate) == "0.81" and outcome.measure == "odds_ratio"


def test_a_logarithm_of_unstated_measure_is_printed_where_it_is_that_of_the_evidence(table):
    """5/40 v 9/41: the log odds ratio is -0.6774 and the log risk ratio -0.5631, 0.2 standard errors apart; `yi` alone does not
    say which it is."""
    counts = "study,ai,n1i,ci,n2i,yi,vi\nA,5,40,9,41,{},0.36\nB,5,40,9,41,{},0.36\n"
    found = read(table(counts.format(-0.6774, -0.5631)), benefit="lower")
    assert [len(trial.outcomes["table"].printed) for trial in found.trials] == [1, 0]
    assert found.ledger["reason"].tolist()[3] == "the measure of effect is not stated; decide `measure`"
    ratios = "study,cases,or,or.lb,or.ub,yi,vi\nA,90,0.75,0.43,1.30,-0.2877,0.0797\n"
    (outcome,) = read(table(ratios), benefit="lower").trials[0].outcomes.values()
    assert (str(outcome.evidence.ci[0]), len(outcome.printed)) == ("0.43", 1)


def test_counts_and_means_in_one_row_are_of_two_outcomes(table):
    text = "study,n1i,m1i,sd1i,n2i,m2i,sd2i,ai,bi,ci,di\nA,20,1.5,0.4,21,1.9,0.5,3,17,6,15\n"
    (trial,) = read(table(text), benefit="lower").trials
    assert [outcome.measure for outcome in trial.outcomes.values()] == ["odds_ratio", "mean_difference"]


def test_o_minus_e_and_its_variance_are_a_log_rank_statistic_of_a_hazard_ratio(table):
    """(O - E) / V = -10.5 / 25 with the error 25^-1/2 (Yusuf and Peto 1985)."""
    text = "trial,OmE,V\nA,-10.5,25\nB,-3.2,12.4\n"
    found = read(table(text), benefit="lower", measure="hazard_ratio")
    assert own_estimates(found.syntheses[0])[0] == pytest.approx((-10.5 / 25, 0.2))
    assert read(table(text), benefit="lower").ledger["reason"][0] == "the measure of effect is not stated; decide `measure`"
    said = "O - E and V of another measure than the hazard ratio"
    assert read(table(text), benefit="lower", measure="odds_ratio").ledger["reason"][0] == said


def test_means_are_differences_unless_they_are_decided_to_be_standardised(table):
    """Differences with separate variances, and Hedges' g (Hedges 1981), of the rows typed above."""
    rows = [line.split(";") for line in STROKE.splitlines()[1:]]
    arms = [[float(x) for x in row[2:]] for row in rows]
    plain = [(m1 - m2, sqrt(s1**2 / n1 + s2**2 / n2)) for n1, m1, s1, n2, m2, s2 in arms]
    assert pooled(own_estimates(read(table(STROKE), benefit="lower").syntheses[0])) == pytest.approx(pooled(plain))
    found = read(table(STROKE), benefit="lower", measure="standardised_mean_difference")
    n1, m1, s1, n2, m2, s2 = arms[0]
    sd = sqrt(((n1 - 1) * s1**2 + (n2 - 1) * s2**2) / (n1 + n2 - 2))
    g = (1 - 3 / (4 * (n1 + n2 - 2) - 1)) * (m1 - m2) / sd
    assert own_estimates(found.syntheses[0])[0][0] == pytest.approx(g)
    assert [trial.title for trial in found.trials][:2] == ["Edinburgh", "Orpington-Mild"]


def test_rates_keep_their_time(table):
    found = read(table(CATHETERS, "table.tsv"), benefit="lower")
    evidence = found.trials[2].outcomes["table"].evidence
    assert (evidence.treatment.events, evidence.control.exposure, evidence.dispersion) == (3, 10962, "poisson")
    assert found.syntheses[0].measure == "rate_ratio" and found.trials[2].title == "Hanna et al. 2004"


def test_files_read_back_and_are_those_that_were_imported(table, tmp_path):
    out = tmp_path / "out"
    write([table(LEUKAEMIA)], out, Answers(benefit="lower"))
    again = bayes.load_synthesis(out / "table.toml")
    found = read(table(LEUKAEMIA), benefit="lower").syntheses[0]
    assert [member.model_dump() for member in again.members] == [member.model_dump() for member in found.members]
    assert "# Computed: estimate = exp(-0.592)" in (out / "fcg_on_cll_1996.toml").read_text()


def test_effects_on_the_analysis_scale_need_no_number_of_patients(table):
    """`yi` and `vi` are the logarithm of the ratio and its variance: exp(-0.5) and sqrt(0.04)."""
    text = "study,yi,vi\nOne,-0.5,0.04\nTwo,−0.25,0.09\n"
    found = read(table(text), benefit="lower", measure="odds_ratio")
    assert found.trials[0].n is None
    assert own_estimates(found.syntheses[0]) == [pytest.approx((-0.5, 0.2)), pytest.approx((-0.25, 0.3))]
    assert read(table(text), benefit="lower").ledger["reason"].tolist() == [
        "the measure of effect is not stated; decide `measure`"
    ] * 3
    differences = read(table(text), benefit="lower", measure="mean_difference")
    assert set(differences.ledger["reason"][:2]) == {"a difference of means without a unit; decide `columns`: n_t and n_c, or sd_ref"}


@pytest.mark.parametrize(
    "heading, row, measure, estimate, se",
    [
        ("study,TE,seTE", "A,-0.693147,0.2", "risk_ratio", 0.5, 0.2),
        ("study,logHR,selogHR", "A,-0.693147,0.2", None, 0.5, 0.2),
        ("study,OR,lower,upper", "A,0.5,0.25,1.00", None, 0.5, log(4) / (2 * Z)),
        ("study,OR (95% CI)", 'A,"0.50 (0.25 to 1.00)"', None, 0.5, log(4) / (2 * Z)),
        ("study,HR,95% CI", 'A,0.50,"[0.25; 1.00]"', None, 0.5, log(4) / (2 * Z)),
        ("study,HR,90% CI lower,90% CI upper", "A,0.50,0.25,1.00", None, 0.5, log(4) / (2 * 1.6448536)),
        ("study,measure,estimate,ci_low,ci_high", "A,OR,0.5,0.25,1.00", None, 0.5, log(4) / (2 * Z)),
        ("study,estimate,se,measure", "A,0.5,0.2,risk ratio", None, 0.5, 0.2),
        ("study,RR,p", "A,0.5,0.05", None, 0.5, log(2) / Z),
        ("study,yi,sei,ni", "A,-0.693147,0.2,90", "odds_ratio", 0.5, 0.2),
        ("study,yi,ci.lb,ci.ub", "A,-0.693147,-1.085140,-0.301154", "odds_ratio", 0.5, 0.2),
    ],
)  # fmt: skip
def test_an_estimate_is_read_in_many_columns(heading, row, measure, estimate, se, table):
    """Each row says the same ratio of 0.5; its error is as printed, or from the limits or the p-value by hand."""
    found = read(table(f"{heading}\n{row}\n{row.replace('A', 'B', 1)}\n"), benefit="lower", measure=measure)
    y, s = own_estimates(found.syntheses[0])[0]
    assert (exp(y), s) == pytest.approx((estimate, se), rel=1e-5)


def test_a_data_frame_is_read_as_a_table(table):
    """The same trials as from the file, and rows counted from 0; a column with a gap stores its counts as floats."""
    import pandas as pd

    path = table(BCG)
    frame = pd.read_csv(path)
    found = read(frame, benefit="lower")
    assert [trial.n for trial in found.trials] == [trial.n for trial in read(path, benefit="lower").trials]
    assert found.ledger["place"][0] == "position 0, columns tpos, tneg, cpos, cneg"
    gap = pd.DataFrame({"study": ["A", "B"], "ai": [1, None], "n1i": [9, 9], "ci": [2.0, 2.0], "n2i": [9, 9]})
    gap.attrs["name"] = "gap"
    found = read([gap, frame], benefit="lower")
    assert found.ledger["source"].unique().tolist() == ["gap.csv", "data_frame.csv"]
    assert found.trials[0].outcomes["gap"].evidence.control.events == 2
    assert found.ledger["reason"][1] == "a number is missing"


def test_parquet_is_read_as_separated_text_is(table, tmp_path):
    import pandas as pd

    frame = pd.read_csv(table(STROKE), sep=";")
    frame.to_parquet(tmp_path / "stroke.parquet")
    found = read(tmp_path / "stroke.parquet", benefit="lower")
    arms = [trial.outcomes["stroke"].evidence.treatment for trial in found.trials]
    assert [arm.mean for arm in arms] == [55, 27, 64, 66]
    assert found.trials[0].outcomes["stroke"].sources["treatment.mean"].path == "row 2, column m1i"
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 and nothing else")
    with pytest.raises(bayes.InvalidInput, match="cannot be read as Parquet"):
        read(tmp_path / "broken.parquet")
