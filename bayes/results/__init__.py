"""A results folder: stored posteriors, what they were computed from, and what is done with them."""
