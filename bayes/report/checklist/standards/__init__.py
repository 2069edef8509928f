"""The requirements of each reporting standard as items: where to look, and what is required there."""
