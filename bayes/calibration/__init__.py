"""What posteriors promise, held against later trials and against repeated trials."""
