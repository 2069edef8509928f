"""Outcome x model x prior: what one posterior depends on, and plans of many."""
