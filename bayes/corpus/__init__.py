"""Whole databases: posteriors of thousands of results or meta-analyses by vectorised quadrature, written as Parquet."""
