"""The manuscript texts: methods, results and references of a dossier as Markdown and BibTeX."""
