"""Effect structures: how the effects of the reports of an analysis hang together."""
