"""Shipped data: trials, syntheses, prior sets and published tables, all TOML, and the statement of methods."""
