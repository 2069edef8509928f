"""Dossiers and figures as HTML pages."""
