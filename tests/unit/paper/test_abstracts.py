"""The table of abstracts is that of the files, and effects follow by hand from what the abstracts print."""

import re
from collections import Counter
from dataclasses import dataclass
from math import log, sqrt

import pytest
from scipy import stats
from support.paths import TESTS
from support.trials import make_analysis

from bayes.checks import INCONSISTENT, NOT_CHECKABLE, ONLY_ROUNDING, check_outcome
from bayes.paper.trial import load_trial
from bayes.posterior.cross_check import exact_answers
from bayes.posterior.names import EFFECT

FOLDER = TESTS / "files/abstracts"
README = (FOLDER / "README.md").read_text(encoding="utf-8")
TRIALS = {path.stem: load_trial(path) for path in sorted(FOLDER.glob("*.toml"))}
FITS = ("naturally", "with contortion", "cannot be said")
WORST = {INCONSISTENT: "inconsistent", ONLY_ROUNDING: "rounding", NOT_CHECKABLE: "not checkable"}
Q = stats.norm.ppf(0.975)


@dataclass
class Row:
    """One result in the table."""

    file: str
    field: str
    role: str
    printed: str
    outcomes: str
    kind: str
    fits: str
    check: str

    @property
    def ids(self):
        return re.findall(r"`(\w+)`", self.outcomes)

    @property
    def fit(self):
        return self.fits.split(";")[0]

    @property
    def analysed(self):
        """Its outcomes that are analysed."""
        return [TRIALS[self.file].outcomes[name] for name in self.ids if name in TRIALS[self.file].outcomes]


ROWS = [Row(*(cell.strip() for cell in line.strip("|\n").split("|"))) for line in README.splitlines() if line.count("|") == 9][2:]


def said_of(outcomes):
    """The worst word of `check` about some outcomes, with what the file acknowledges below what it does not."""
    found = [f for outcome in outcomes for f in check_outcome(outcome)]
    words = ["acknowledged" if f.acknowledged else WORST[f.verdict] for f in found]
    order = ("inconsistent", "acknowledged", "rounding", "not checkable")
    return next((word for word in order if word in words), "silent" if outcomes else "-")


def effect(name, outcome):
    found = TRIALS[name].outcomes[outcome]
    return found.evidence.own_estimate(found.measure)


# the table


@pytest.mark.parametrize("name", TRIALS)
def test_every_result_of_a_file_has_one_row(name):
    trial = TRIALS[name]
    assert sorted(i for row in ROWS if row.file == name for i in row.ids) == sorted([*trial.outcomes, *trial.not_analysed])


def test_every_row_is_of_a_file():
    assert {row.file for row in ROWS} == TRIALS.keys()


@pytest.mark.parametrize("row", ROWS, ids=[f"{row.file}:{'+'.join(row.ids)}" for row in ROWS])
def test_a_row_says_what_its_file_says(row):
    """What cannot be said is what is not analysed; the kinds and the words of `check` are those of the outcomes."""
    assert row.fit in FITS and (row.fit == "cannot be said") == (not row.analysed)
    assert row.kind.split(", ") == (list(dict.fromkeys(o.evidence.kind for o in row.analysed)) or ["none"])
    assert row.check == said_of(row.analysed) and row.check != "inconsistent"


def test_the_counts_are_those_of_the_table():
    said = re.search(
        r"Of (\d+) primary .*?, (\d+) fit naturally, (\d+) with contortion and (\d+) cannot be said\. "
        r"Of (\d+) about safety, (\d+) fit naturally, (\d+) with contortion and (\d+) cannot be said",
        README,
    )
    counted = []
    for safety in (False, True):
        fits = Counter(row.fit for row in ROWS if (row.role == "safety") == safety)
        counted += [fits.total(), *(fits[fit] for fit in FITS)]
    assert said is not None and [int(number) for number in said.groups()] == counted


def test_five_fields_have_at_least_four_trials_each():
    trials = Counter(field for field, _ in {(row.field, row.file) for row in ROWS})
    assert len(trials) == 5 and min(trials.values()) >= 4


# effects by hand


def test_act_tenecteplase_is_no_worse_than_alteplase_by_five_points():
    """296 of 802 against 266 of 765: 2.1 points, 95% from -2.6 to 6.9 as printed, and the margin at z = 2.95."""
    p1, p0 = 296 / 802, 266 / 765
    s = sqrt(p1 * (1 - p1) / 802 + p0 * (1 - p0) / 765)
    y, error = effect("act", "mrs01_90d")
    assert (y, error) == pytest.approx((p1 - p0, s)) and round(100 * y, 1) == 2.1
    assert [round(100 * (y + side * Q * s), 1) for side in (-1, 1)] == [-2.6, 6.9]
    answer = exact_answers(make_analysis(TRIALS["act"].outcomes["mrs01_90d"], "vague"))[EFFECT]
    assert answer.p_benefit == pytest.approx(stats.norm.cdf(y / s), abs=0.005)


def test_checkmate_816_has_an_interval_of_97_38_percent():
    """Hazard ratio 0.63 (0.43 to 0.91): 2.22 errors to either side, not 1.96."""
    q = stats.norm.ppf(1 - (1 - 0.9738) / 2)
    assert effect("checkmate_816", "efs") == pytest.approx((log(0.63), log(0.91 / 0.43) / (2 * q)))
    assert q == pytest.approx(2.22, abs=0.005)


def test_triluminate_prints_standard_errors():
    """12.3 (1.8) against 0.6 (1.8): 11.7, with the error of both."""
    assert effect("triluminate", "kccq") == pytest.approx((11.7, sqrt(1.8**2 + 1.8**2)), rel=1e-6)


def test_suddicu_prints_one_limit():
    """-1.71% with a one-sided 97.5% limit of 4.31%: 1.96 errors between them."""
    assert effect("suddicu", "ecology") == pytest.approx((-0.0171, (0.0431 + 0.0171) / Q))


def test_remap_cap_survival_without_its_prior():
    """Precisions subtract: of the posterior, log 1.12 (0.95 to 1.32), less that of its standard normal prior."""
    m, sd = log(1.12), log(1.32 / 0.95) / (2 * Q)
    precision = sd**-2 - 1
    assert effect("remap_cap_simvastatin", "survival_90d") == pytest.approx((m / sd**2 / precision, precision**-0.5))


def test_opera_prints_a_percent_reduction_and_a_bound():
    """46% fewer relapses are the ratio 0.54; P < 0.001 allows no more than log 0.54 over 3.29 as its error."""
    assert effect("opera", "relapses_1") == pytest.approx((log(0.54), -log(0.54) / stats.norm.isf(0.0005)))
