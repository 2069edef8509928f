"""What a paper printed: trials and outcomes as TOML files."""
