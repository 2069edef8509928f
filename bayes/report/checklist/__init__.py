"""What reporting standards ask for, and the values that answer it."""
