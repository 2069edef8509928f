"""Tables of pairs for `bayes calibrate`, from study results of reviews or from a table of first and later trials.

    python tests/calibration/later_trials.py OUT KIND STUDY_RESULTS [FIRST_V_LATER]

With study results alone: the first trial (by year) of every analysis, and of the later ones with at least four times
its information the most precise. With both: the pairs of the second table, whose first trials get their patients and
events from the study results where exactly one study of the analysis has that name and year. KIND is binary, means,
generic or all. Rows of such files belong to their publishers: the tables are for validation only.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

ANALYSIS = ["review", "part", "number"]
KEY = [*ANALYSIS, "index", "year"]
COUNTS = ["events_t", "n_t", "events_c", "n_c"]
COLUMNS = {
    "Analysis.group": "part", "Analysis.number": "number", "Study": "index", "Study.year": "year",
    "Experimental.cases": "events_t", "Experimental.N": "n_t", "Control.cases": "events_c", "Control.N": "n_c",
}  # fmt: skip
MEASURES = {"binary": "odds_ratio", "means": "mean_difference", "generic": "standardised_mean_difference"}
TIMES = 4  # as much information as the first trial, at the least


def studies_of(path: str) -> pd.DataFrame:
    """Read study results; a review is one whichever of its editions has the analysis."""
    found = pd.read_csv(path, low_memory=False).rename(columns=COLUMNS)
    found.loc[found["kind"] != "binary", COUNTS] = None
    return found


def derived(studies: pd.DataFrame) -> pd.DataFrame:
    """Return the pairs of first and later trials."""
    usable = studies[studies["year"].notna() & (studies["se"] > 0)].sort_values("year", kind="stable")
    first = usable.drop_duplicates([*ANALYSIS, "kind"])
    both = first.merge(usable[[*ANALYSIS, "kind", "year", "y", "se"]], on=[*ANALYSIS, "kind"], suffixes=("", "_later"))
    later = both[(both["year_later"] > both["year"]) & (both["se_later"] ** 2 * TIMES <= both["se"] ** 2)]
    return later.sort_values("se_later", kind="stable").drop_duplicates([*ANALYSIS, "kind"]).sort_index()


def with_counts(first: pd.DataFrame, studies: pd.DataFrame) -> pd.DataFrame:
    """Return a table of first and later trials with the counts of the first."""
    only = studies.loc[studies["kind"] == "binary"].drop_duplicates(KEY, keep=False)[[*KEY, *COUNTS]]
    return first.rename(columns={"group": "part", "index_year": "year"}).merge(only, on=KEY, how="left")


def main() -> None:
    """Write a table."""
    out, kind, results, *pairs = sys.argv[1:]
    studies = studies_of(results)
    found = with_counts(pd.read_csv(pairs[0]), studies) if pairs else derived(studies)
    if kind != "all":
        found = found[found["kind"] == kind]
    found = found.assign(measure=found["kind"].map(MEASURES), group=found["review"])
    wanted = ["group", "measure", "year", "y", "se", "y_later", "se_later", *COUNTS]
    found[wanted].to_csv(Path(out), index=False)
    counted = found["n_t"].notna().sum()
    print(f"{len(found):,} pairs of {found['group'].nunique():,} reviews, {counted:,} with counts")


if __name__ == "__main__":
    main()
