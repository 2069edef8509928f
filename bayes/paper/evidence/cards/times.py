"""Times to an event: survival, medians, restricted means, curves and log-rank statistics."""

from __future__ import annotations

from bayes.paper.evidence.card import Example, KindCard

CARDS = (
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
)
