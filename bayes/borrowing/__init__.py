"""Earlier evidence as a prior: power priors, meta-analytic predictive priors, and how many patients they are worth."""
