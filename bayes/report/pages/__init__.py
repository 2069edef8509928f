"""The HTML pages made from dossiers and figures."""
