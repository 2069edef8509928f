"""Methods, results and references of one dossier as Markdown and BibTeX."""
