"""The foundation, independent of trials: TOML files, measures of effect, the grammar of priors, numbers, HTML."""
