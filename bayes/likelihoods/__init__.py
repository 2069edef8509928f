"""The contract for likelihoods, the choice of likelihood for each report, and the fingerprint of its source."""
