"""The wording of evidence, files and rows, in sentences and tables."""
