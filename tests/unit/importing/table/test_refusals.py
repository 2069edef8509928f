"""Tables that are not of comparisons between two arms are refused, in the words of those who made them."""

import pytest

from bayes.importing import read

NETWORK = "a network: more than two treatments; accepted: one comparison of two arms a study"
DOSES = "dose-response: several doses a study; accepted: one comparison of two arms a study"
CORRELATIONS = "correlations are not effects of a randomised comparison"
ACCURACY = "diagnostic accuracy (TP, FP, FN, TN) is not an effect of a randomised comparison"
ONE_ARM = "one arm a study: no comparison"


@pytest.fixture
def reasons(tmp_path):
    def of(text, **decided):
        path = tmp_path / "table.csv"
        path.write_text(text)
        ledger = read(path, benefit="lower", **decided).ledger
        assert len(ledger) == len(text.strip().splitlines()) - 1  # every row has one
        return set(zip(ledger["status"], ledger["reason"], strict=True))

    return of


@pytest.mark.parametrize(
    "text, status, reason",
    [
        ("study,treatment,events,n\nA,x,1,9\nA,y,2,9\nB,x,1,9\nB,z,3,9\n", "refused", NETWORK),
        ("study,treat1,treat2,TE,seTE\nA,x,y,0.1,0.2\nB,x,z,0.3,0.2\n", "refused", NETWORK),
        ("study,t1,y1,sd1,n1,t2,y2,sd2,n2\nA,x,1,1,9,y,2,1,9\nB,x,1,1,9,z,2,1,9\n", "refused", NETWORK),
        ("study,Treatment1,y1,Treatment2,y2,Treatment3,y3\nA,x,1,y,2,,\n", "refused", NETWORK),
        (
            "study,treat1,treat2,TE,seTE\nA,x,y,0.1,0.2\nB,y,x,0.3,0.2\n",
            "refused",
            "the two treatments change places between rows; accepted: the same treatment first in every row",
        ),
        (
            "study,x_events,x_n,y_events,y_n,z_events,z_n\nA,1,9,2,9,3,9\n",
            "refused",
            "a network: 3 arms in the columns of one row",
        ),
        ("study,ni,ri\nA,90,0.3\n", "refused", CORRELATIONS),
        ("study,n,r\nA,90,0.3\n", "refused", CORRELATIONS),
        ("StudyID,Correlation,SampleSize\nA,0.3,90\n", "refused", CORRELATIONS),
        ("study,TP,FP,FN,TN\nA,9,1,2,8\n", "refused", ACCURACY),
        ("study,tp,np,tn,nn\nA,9,10,8,10\n", "refused", ACCURACY),
        ("study,dose,events,total\nA,100,0,3\nA,125,1,3\n", "refused", DOSES),
        ("study,xi,ni\nA,1,9\nB,2,9\n", "refused", ONE_ARM),
        ("study,mean,sd,n\nA,1.5,0.3,9\n", "refused", ONE_ARM),
        (
            "study,treatment,relapses\n" + "A,x,0\nA,x,1\nA,x,2\nA,y,2\n",
            "refused",
            "individual patient data, one row a patient; accepted: counts or means of each arm",
        ),
        (
            "study,grp,cases,total\nA,1,9,90\nA,2,8,90\nA,3,7,90\n",
            "refused",
            "dose-response: several levels of exposure a study; accepted: one comparison of two arms a study",
        ),
        (
            "district,study,yi,vi\n1,A,0.1,0.02\n1,B,0.2,0.02\n",
            "refused",
            "a multilevel table: several effects of one district, which are not independent",
        ),
        (
            "study,species,yi,vi\nA,parus,0.1,0.02\n",
            "refused",
            "effects of species, related by their phylogeny: not effects of a randomised comparison",
        ),
        ("study,yi\nA,0.1\n", "refused", "the variances are missing: yi without vi or sei (TE without seTE)"),
        ("study,OR\nA,0.8\n", "refused", "estimates without an interval, a standard error or a p-value"),
        ("study,weather,mood\nA,0.8,good\n", "offered", "no result in columns with known names; decide `columns`"),
    ],
)
def test_a_table_of_another_kind_is_refused_row_by_row(text, status, reason, reasons):
    assert reasons(text) == {(status, reason)}


def test_several_effects_of_one_study_are_offered(reasons):
    text = "study,esid,yi,vi\nA,1,0.1,0.02\nA,2,0.2,0.02\n"
    said = "several results of one study, which are dependent; decide `leave_out` for all but one"
    assert reasons(text, measure="odds_ratio") == {("offered", said)}


def test_scales_that_differ_are_not_compared_as_they_are(tmp_path):
    """Trials of depression with different scales, in columns of meta's data sets."""
    path = tmp_path / "table.csv"
    path.write_text("author,Ne,Me,Se,Nc,Mc,Sc,measure\nA,13,6.4,5.4,18,11.4,9.6,HRSD-17\nB,10,9,8,10,11,9,BDI\n")
    assert set(read(path, benefit="lower").ledger["reason"]) == {"the studies used different scales; decide `measure`"}
    found = read(path, benefit="lower", measure="standardised_mean_difference")
    assert found.syntheses[0].measure == "standardised_mean_difference"
    assert "do not give the measure hazard_ratio" in read(path, benefit="lower", measure="hazard_ratio").ledger["reason"][0]


def test_what_is_decided_does_not_overrule_what_the_table_says(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("study,HR,lower,upper\nA,0.8,0.6,1.1\n")
    assert read(path, benefit="lower", measure="odds_ratio").ledger["reason"][0] == (
        "the table states hazard_ratio, and the answers odds_ratio"
    )
    path.write_text("study,RR,lower,upper\nA,0.8,0.6,1.1\n")
    assert read(path, benefit="lower", measure="rate_ratio").ledger["measure"][0] == "rate_ratio"
