"""Syntheses: the outcomes of several trials in one file, and the conditions for pooling them."""
