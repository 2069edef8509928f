"""Summaries of each arm: means, medians, days, rates and percentages."""

from __future__ import annotations

from bayes.paper.evidence.card import Example, KindCard

CARDS = (
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
)
