"""The PyMC models of `bayes`, readable on their own: posterior = effect structure x likelihood.

Effect structures (`single_trial`, `random_effects`, ...) describe where the effects come from; each file in
`likelihoods` describes how one kind of report depends on an effect. Every likelihood has a leading trial axis, so the
same file serves one trial and many.
"""
