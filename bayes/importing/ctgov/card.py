"""What is known of the records of ClinicalTrials.gov."""

from __future__ import annotations

from bayes.importing.card import FormatCard

CARD = FormatCard(
    name="ctgov",
    title="records of ClinicalTrials.gov",
    recognised_by="JSON of its API v2: a study, a list of studies, or a study a line; plain or gzip",
    makes="a trial file for each randomised study, with an outcome for each result and pair of arms",
    traps=(
        "A posted posterior is never a likelihood: what is called Bayesian anywhere in the record is refused.",
        "Only randomised studies are compared; the arms of a crossover are refused, because no paired data are posted.",
        "The order of the groups of an analysis says nothing: the direction of its effect is recomputed from the arms.",
        "p-values of one-sided tests, against a margin, or adjusted for multiple tests are not read as two-sided ones.",
        "A percentage is a count only if it fits a single one.",
        "Ratios in percent, at or below 0, or with limits that are not about them on the log scale are refused.",
        "A number with a comma that may separate decimals or thousands is refused.",
        "Values at baseline are not outcomes, and units other than participants are not participants.",
        "The number analysed may be that of a time point, even in its title.",
        "The direction of benefit is taken from the record only where its words say it; else it is asked.",
    ),
)
