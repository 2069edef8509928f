"""The explanation of a synthesis: tables by quadrature (`explained`), sentences, and their layout.

Importing this package, or `layout`, loads no SciPy, so that finished tables can be laid out without recomputing them.
"""
