"""The ground, which knows nothing of trials: TOML files, measures of effect, the grammar of priors, numbers, HTML."""
