"""The verbs of a notebook: fit, compare likelihoods, joint statements."""
