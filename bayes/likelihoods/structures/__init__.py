"""The cards of the effect structures, one per file; four of them share the model file `random_effects`."""
