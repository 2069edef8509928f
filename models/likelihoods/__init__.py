"""One likelihood per file; `bayes.model.Likelihood` says what each file holds."""
