"""The sampler (NUTS): graphs compiled once per structure and refitted for every report and prior."""
