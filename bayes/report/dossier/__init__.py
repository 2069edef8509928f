"""The dossiers: everything reported about an outcome or a synthesis, as plain JSON."""
