"""The contract that a likelihood meets, which one reads which report, and the fingerprint of its source."""
