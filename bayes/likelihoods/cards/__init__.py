"""The cards of the shipped likelihoods, one per file; the file has the name of the likelihood and holds `CARD`."""
