"""The likelihoods, one per file; `bayes.likelihoods.contract.Likelihood` describes the contents of each file."""
