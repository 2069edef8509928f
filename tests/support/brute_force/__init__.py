"""Brute force: the package's numbers computed again in plain NumPy and SciPy, from the mathematics, on dense grids.

Nothing here imports the package. A report is what a file says: measure, direction of benefit, and the evidence as a
mapping of numbers.
"""
