"""What was found: the record of a posterior, its rows, the gate it must pass and what a reader must know of it."""
