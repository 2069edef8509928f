"""What is believed beforehand: prior sets, the named rules for effects and heterogeneity, priors of arms."""
