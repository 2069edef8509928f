"""One card for each evidence kind: everything that is said about a kind as such, in files, pages and sentences.

Cards hold words only. What is computed from evidence is asked of its class (`match evidence: case Binary(): ...`).
"""

from __future__ import annotations

from bayes.errors import UnknownName
from bayes.paper.evidence.card import Example, KindCard

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
scale = "mrs"                                   # or another of `bayes list scales`; none for a scale of your own
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
            kind="geometric_means",
            title="the geometric mean of each arm",
            data="the geometric mean, the spread on the log scale and the number of patients in each arm",
            one="pair of geometric means",
            several="pairs of geometric means",
            example=Example(
                what="geometric means with their variation",
                measure="mean_ratio",
                benefit="lower",
                lines="""\
treatment = { geometric_mean = 41.2, cv = 65, n = 40 }  # cv in percent; or gsd (a factor), sd_log, or ci of the mean
control = { geometric_mean = 55.0, cv = 71, n = 40 }""",
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
control = { median = 12, quartiles = [7, 20], n = 40 }   # a ratio: log-normal; a difference: normal; or family""",
            ),
        ),
        KindCard(
            kind="paired_means",
            title="the means of the same patients under both treatments",
            data="the mean of the same patients under each treatment, and how their two results are related",
            one="pair of means of the same patients",
            several="pairs of means of the same patients",
            example=Example(
                what="crossover or within-person means",
                measure="mean_difference",
                benefit="higher",
                lines="""\
n = 20                                          # patients (or pairs) with both results
treatment = { mean = 4.1, sd = 2.2 }            # or se; may be left out if the precision of the difference is printed
control = { mean = 5.3, sd = 2.5 }
difference = { sd = 2.1 }                       # of the differences within patients; or se, or p of the paired t test
# correlation = 0.6                             # within patients, where nothing is printed of the differences""",
            ),
        ),
        KindCard(
            kind="paired_counts",
            title="patients with the event under both treatments, one of them, or neither",
            data="the number of patients with the event under one of the two treatments only",
            one="paired count",
            several="paired counts",
            example=Example(
                what="crossover, within-person or matched counts",
                measure="odds_ratio",
                benefit="lower",
                lines="""\
treatment_only = 5                              # patients (or pairs) with the event under treatment only
control_only = 12
both = 8                                        # these two say nothing about the effect
neither = 25""",
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
treatment = { median = 22.1, ci = [19.4, 25.0] }   # or [19.4, "not reached"]
control = { median = 18.3, ci = [16.0, 20.7] }     # exponential times: the hazard ratio is the inverse ratio""",
            ),
        ),
        KindCard(
            kind="rates",
            title="the rate of events, or their mean number, in each arm",
            data="the rate of events, by arm, with its interval",
            one="pair of rates",
            several="pairs of rates",
            example=Example(
                what="rates or mean counts of each arm, with intervals",
                measure="rate_ratio",
                benefit="lower",
                lines="""\
per = "100 person-years"                         # or "patient", of a mean count
treatment = { rate = 3.1, ci = [2.2, 4.4] }       # or se; with numbers of events, use kind = "events"
control = { rate = 4.6, ci = [3.4, 6.2] }""",
            ),
        ),
        KindCard(
            kind="percentages",
            title="the percentage with the event in each arm, without its denominator",
            data="the percentage with the event, by arm, with its interval",
            one="pair of percentages",
            several="pairs of percentages",
            example=Example(
                what="percentages of each arm with intervals, such as a model's",
                measure="risk_difference",
                benefit="lower",
                lines="""\
treatment = { percent = 24.3, ci = [20.1, 28.9] }  # or se, in percentage points; with denominators, use kind = "binary"
control = { percent = 31.0, ci = [26.4, 36.1] }""",
            ),
        ),
        KindCard(
            kind="rmst",
            title="the restricted mean survival time of each arm",
            data="the mean time without the event up to a stated time, by arm, with its interval",
            one="pair of restricted mean survival times",
            several="pairs of restricted mean survival times",
            example=Example(
                what="restricted mean survival time in each arm",
                measure="mean_difference",
                benefit="higher",
                lines="""\
until = 36                                      # the time up to which means are taken, in the unit
unit = "months"
treatment = { mean = 27.4, ci = [26.1, 28.7] }  # or se, in the unit
control = { mean = 25.0, ci = [23.6, 26.4] }    # measure mean_difference (in the unit) or mean_ratio""",
            ),
        ),
        KindCard(
            kind="digitised_curve",
            title="Kaplan-Meier curves read off a figure, with numbers at risk",
            data="Kaplan-Meier curves read off a figure, from which patients were reconstructed",
            one="pair of digitised curves",
            several="pairs of digitised curves",
            example=Example(
                what="Kaplan-Meier curves read off a figure",
                measure="hazard_ratio",
                benefit="lower",
                lines="""\
unit = "months"
# until = 24                                    # for a mean_difference or mean_ratio: restricted means up to then
# time = 12                                     # for a risk_difference or risk_ratio: of being without the event;
                                                # with a hazard_ratio, for absolute effects at that time
treatment.times = [0, 2, 4, 6, 9, 12, 15, 18, 21, 24]  # a real curve needs more readings, one or two at each drop
treatment.survival = [100, 97.5, 95, 90, 85, 79, 76, 73, 70, 70]  # in percent or as proportions; or incidence
treatment.at_risk_times = [0, 6, 12, 18, 24]
treatment.at_risk = [40, 35, 29, 21, 12]
# treatment.events = 11                         # the total number of events, if it is printed
control.times = [0, 2, 4, 6, 9, 12, 15, 18, 21, 24]
control.survival = [100, 95, 90, 84, 77, 71, 65, 61, 57, 53]
control.at_risk_times = [0, 6, 12, 18, 24]
control.at_risk = [40, 33, 26, 18, 9]""",
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
