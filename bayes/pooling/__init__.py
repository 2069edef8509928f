"""What a synthesis says and what it rests on: tables by quadrature (`explained`), words, and their layout.

Importing this package, or `layout`, loads no SciPy, so that finished tables can be laid out without recomputing them.
"""
