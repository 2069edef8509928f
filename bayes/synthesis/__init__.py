"""Several trials as one file, and what may stand together in it."""
