"""Results of an analysis: an estimate, a p-value, a statement about significance."""

from __future__ import annotations

from bayes.paper.evidence.card import Example, KindCard

CARDS = (
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
)
