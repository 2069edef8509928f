"""The cards of likelihoods and effect structures, the choice of likelihood for each report, and model files."""
