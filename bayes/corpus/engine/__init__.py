"""The arithmetic of many posteriors at once: arrays in, arrays out, no loop over analyses."""
