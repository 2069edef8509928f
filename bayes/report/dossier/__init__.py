"""All that is said of one outcome or synthesis, as plain JSON."""
