"""Counts: ordinal scales, persons, events, pairs, a single arm and adverse events."""

from __future__ import annotations

from bayes.paper.evidence.card import Example, KindCard

CARDS = (
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
        kind="censored_counts",
        title="persons with the event in each arm, at least one number of which is printed as a bound",
        data="the bounds on the number of patients with the event, by arm",
        one="pair of bounded counts",
        several="pairs of bounded counts",
        example=Example(
            what="persons with an event, as bounds",
            measure="odds_ratio",
            benefit="lower",
            lines="""\
treatment = { at_most_percent = 5, n = 40 }     # or at_most = 2, at_least = 12, or both
control = { events = 7, n = 40 }                # the count itself, where it is printed""",
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
