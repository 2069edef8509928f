"""The functions of a notebook: check, fit, compare likelihoods, joint statements."""
