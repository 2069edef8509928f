"""The effect structures, one per file: single_trial, random_effects, independent_arms and adverse_event_hierarchy."""
