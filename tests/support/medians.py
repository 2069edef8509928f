"""A report of medians that is skewed beyond what a normal sample shows."""

QUARTILES = {
    "kind": "medians",
    "treatment": {"median": 9, "quartiles": [5, 16], "n": 84},
    "control": {"median": 12, "quartiles": [7, 20], "range": [1, 71], "n": 80},
}
