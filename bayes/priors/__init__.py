"""Priors: prior sets, named rules for effects and heterogeneity, priors of arms and of tables of adverse events."""
