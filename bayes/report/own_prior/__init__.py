"""The section "Bring your own prior": a posterior that follows the reader's prior, in the browser."""
