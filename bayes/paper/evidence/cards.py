"""One card for each evidence kind: everything that is said about a kind as such, in files, pages and sentences.

Cards hold words only. What is computed from evidence is asked of its class (`match evidence: case Binary(): ...`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bayes.errors import UnknownName

KindName = Literal[
    "ordinal",
    "ordinal_cut",
    "binary",
    "events",
    "means",
    "medians",
    "days_free",
    "estimate",
    "log_rank",
    "survival",
    "median_survival",
    "p_value",
    "significance",
    "proportion",
    "adverse_events",
]


@dataclass(frozen=True, slots=True)
class Example:
    """An outcome in the skeleton of a trial file.

    Attributes
    ----------
    what : str
        What the paper prints.
    measure : str
    benefit : {"higher", "lower"}
    lines : str
        The evidence as TOML, without its kind; every number is a placeholder.
    """

    what: str
    measure: str
    benefit: Literal["higher", "lower"]
    lines: str


@dataclass(frozen=True, slots=True)
class KindCard:
    """The words for an evidence kind.

    Attributes
    ----------
    kind : str
        Its name in files.
    title : str
        What it holds, for a reader of the file.
    data : str
        What the data were, as the end of "The data were ...".
    one, several : str
        What a sentence calls one such report, and several.
    bare : bool
        The report gives the result of a test and no effect.
    example : Example
    """

    kind: KindName
    title: str
    data: str
    one: str
    several: str
    example: Example
    bare: bool = False


CARDS: dict[str, KindCard] = {
    card.kind: card
    for card in (
        KindCard(
            kind="ordinal",
            title="patients per category of an ordinal scale, best category first",
            data="the number of patients in each category of the scale, by arm",
            one="ordinal distribution",
            several="ordinal distributions",
            example=Example(
                what="the whole distribution of an ordinal scale",
                measure="common_odds_ratio",
                benefit="higher",
                lines="""\
categories = ["0", "1", "2", "3", "4", "5", "6"]  # best first; merged cells such as "5-6" are accepted
treatment = [4, 6, 8, 7, 8, 4, 3]               # or percentages, with unit = "percent" and n per arm
control = [3, 5, 7, 7, 9, 5, 4]""",
            ),
        ),
        KindCard(
            kind="ordinal_cut",
            title="dichotomies of an ordinal scale",
            data="the published dichotomies of the scale, by arm",
            one="dichotomised scale",
            several="dichotomised scales",
            example=Example(
                what="one or several dichotomies of an ordinal scale",
                measure="common_odds_ratio",
                benefit="higher",
                lines="""\
categories = ["0", "1", "2", "3", "4", "5", "6"]  # best first
cuts = [{ at_most = "2", treatment = { events = 18, n = 40 }, control = { events = 15, n = 40 } }]""",
            ),
        ),
        KindCard(
            kind="binary",
            title="persons with the event in each arm",
            data="the number of patients with the event, by arm",
            one="count of persons per arm",
            several="counts of persons per arm",
            example=Example(
                what="persons with an event",
                measure="odds_ratio",
                benefit="higher",
                lines="""\
treatment = { events = 18, n = 40 }             # or { percent = 45.0, n = 40 }
control = { events = 15, n = 40 }""",
            ),
        ),
        KindCard(
            kind="events",
            title="the total number of events in each arm",
            data="the number of events, by arm",
            one="count of events per arm",
            several="counts of events per arm",
            example=Example(
                what="numbers of events",
                measure="rate_ratio",
                benefit="lower",
                lines="""\
treatment = { events = 30, persons = 16, n = 40 }  # persons: with an event; exposure: total person-time
control = { events = 38, persons = 18, n = 40 }    # n may be omitted if exposure is given; counts are then Poisson""",
            ),
        ),
        KindCard(
            kind="means",
            title="the mean and standard deviation of each arm",
            data="the mean, the standard deviation and the number of patients in each arm",
            one="pair of means",
            several="pairs of means",
            example=Example(
                what="mean and standard deviation per arm",
                measure="mean_difference",
                benefit="higher",
                lines="""\
treatment = { mean = 14.8, sd = 12.1, n = 40 }
control = { mean = 12.6, sd = 13.0, n = 40 }""",
            ),
        ),
        KindCard(
            kind="medians",
            title="the median of each arm with its quartiles or range",
            data="the median, its quartiles or range, and the number of patients in each arm",
            one="pair of medians",
            several="pairs of medians",
            example=Example(
                what="median with quartiles or range per arm",
                measure="mean_ratio",
                benefit="lower",
                lines="""\
treatment = { median = 9, quartiles = [5, 16], n = 40 }  # and/or range = [least, greatest]
control = { median = 12, quartiles = [7, 20], n = 40 }   # a ratio: log-normal; a mean_difference: normal""",
            ),
        ),
        KindCard(
            kind="days_free",
            title="the median of each arm's days alive and free of organ support, ventilator or hospital",
            data="the median of the days with its quartiles, the worst rank included, by arm",
            one="pair of medians of days",
            several="pairs of medians of days",
            example=Example(
                what="days alive and free of organ support, ventilator or hospital: median with quartiles per arm",
                measure="common_odds_ratio",
                benefit="higher",
                lines="""\
maximum = 28
floor = -1          # the value of the worst rank: death as -1, or as 0 with those who had no such day
treatment = { median = 14, quartiles = [-1, 24], n = 40, at_floor = 11 }  # at_floor: patients with the worst rank;
control = { median = 11, quartiles = [-1, 23], n = 40 }                   # or percent_at_floor, or neither""",
            ),
        ),
        KindCard(
            kind="estimate",
            title="the paper's own effect estimate",
            data="the published estimate of the effect and its published precision",
            one="printed estimate",
            several="printed estimates",
            example=Example(
                what="an effect with its interval",
                measure="hazard_ratio",
                benefit="lower",
                lines="""\
estimate = 0.93
ci = [0.58, 1.50]                               # or se (on the analysis scale: log for ratios), or p
# ci = ["<0.6", 1.50]                           # a bound; ["none", 1.50] is one-sided, with a one-sided level
level = 0.95
p = 0.76                                        # repeats the same result: checked, but not used a second time""",
            ),
        ),
        KindCard(
            kind="log_rank",
            title="a log-rank statistic",
            data="the observed minus expected events of one arm and their variance",
            one="log-rank statistic",
            several="log-rank statistics",
            example=Example(
                what="O - E and V of a log-rank test",
                measure="hazard_ratio",
                benefit="lower",
                lines="""\
o_minus_e = -9.2                                # observed minus expected events of the treatment arm
variance = 21.3                                 # V; its p-value: z = (O - E) / sqrt(V)""",
            ),
        ),
        KindCard(
            kind="survival",
            title="the percentage without the event at a time in each arm",
            data="the Kaplan-Meier percentage without the event at one time, by arm, with its interval",
            one="pair of survival percentages",
            several="pairs of survival percentages",
            example=Example(
                what="Kaplan-Meier percentages at a time, with intervals",
                measure="hazard_ratio",
                benefit="lower",
                lines="""\
time = "60 months"
treatment = { percent = 86.6, ci = [84.0, 88.8] }  # without the event; or se, in percentage points
control = { percent = 81.7, ci = [77.5, 85.2] }    # measure risk_difference or risk_ratio: of being without it""",
            ),
        ),
        KindCard(
            kind="median_survival",
            title="the median time to the event in each arm",
            data="the median time to the event, by arm, with its interval",
            one="pair of median survival times",
            several="pairs of median survival times",
            example=Example(
                what="median survival in each arm, with intervals",
                measure="hazard_ratio",
                benefit="lower",
                lines="""\
unit = "months"
treatment = { median = 22.1, ci = [19.4, 25.0] }   # exponential times: the hazard ratio is the inverse ratio
control = { median = 18.3, ci = [16.0, 20.7] }""",
            ),
        ),
        KindCard(
            kind="p_value",
            title="only a p-value",
            data="the published p-value, which was the only number reported",
            one="bare p-value",
            several="bare p-values",
            bare=True,
            example=Example(
                what="a p-value alone",
                measure="standardised_mean_difference",
                benefit="higher",
                lines="""\
p = 0.73                                        # or "<0.001"
favours = "unknown"                             # or "treatment", "control": which arm did better
test = "t"
n = { treatment = 40, control = 40 }""",
            ),
        ),
        KindCard(
            kind="significance",
            title="only a statement about significance",
            data="the published statement about statistical significance, without any number",
            one="statement about significance",
            several="statements about significance",
            bare=True,
            example=Example(
                what="a statement about significance alone",
                measure="standardised_mean_difference",
                benefit="higher",
                lines="""\
significant = false
alpha = 0.05
favours = "unknown"
n = { treatment = 40, control = 40 }""",
            ),
        ),
        KindCard(
            kind="proportion",
            title="a single arm compared with a goal",
            data="the number of patients who met the goal",
            one="single arm",
            several="single arms",
            example=Example(
                what="one arm against a goal",
                measure="proportion",
                benefit="higher",
                lines="""\
events = 16
n = 20
goal = 0.70""",
            ),
        ),
        KindCard(
            kind="adverse_events",
            title="a table of adverse events",
            data="the published table of adverse events",
            one="table of adverse events",
            several="tables of adverse events",
            example=Example(
                what="a table of adverse events",
                measure="odds_ratio",
                benefit="lower",
                lines="""\
n = { treatment = 40, control = 40 }
rows = [
  { soc = "Infections and infestations", term = "Pneumonia", treatment = { persons = 3 }, control = { persons = 5 } },
  { soc = "Nervous system disorders", term = "Headache", treatment = { persons = 6 }, control = { persons = 4 } },
]""",
            ),
        ),
    )
}


def kind_card(kind: str) -> KindCard:
    """Return the card of an evidence kind.

    Raises
    ------
    UnknownName
        If there is no such kind.
    """
    if kind not in CARDS:
        raise UnknownName("evidence kind", kind, CARDS)
    return CARDS[kind]
