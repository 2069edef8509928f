"""The numbers that papers print: trials and their outcomes, in TOML files."""
