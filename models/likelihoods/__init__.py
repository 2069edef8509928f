"""One likelihood per file; `bayes.likelihoods.contract.Likelihood` says what each file holds."""
