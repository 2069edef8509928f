"""How evidence, files and rows read, in words and tables."""
