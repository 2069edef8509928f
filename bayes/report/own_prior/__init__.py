"""Bring your own prior: a posterior that the reader moves, in the browser."""
