"""Graphs of PyTensor as machine code: scalar operations, arrays, parts of arrays, operations on arrays, C functions."""
