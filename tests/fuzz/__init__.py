"""Damaged inputs by the million through every door of the package: `python tests/fuzz`.

doors        where texts of strangers enter, what is sent through each, and what passing it means
seeds        the inputs that are damaged: shipped files, and fixtures of the tests
documents    trees and how they are written: TOML, JSON, CSV, XML, arguments of a command
structures   damage to a tree: types swapped, numbers from a list of bad ones, keys dropped, renamed and repeated, ...
letters      damage to bytes
rule         what must hold of every input: accepted or refused in words, in time, in memory, without a warning
shares       how many inputs go through each door
running      batches in processes of their own, whose counts are kept as they finish
guided       the same doors under a fuzzer that is guided by coverage
answerable   reports that were accepted, through quadrature, sensitivity analysis, tables and exports
answering    the same by the hundred
mended       the inputs that broke the rule
record       tests/reference/fuzz.json
"""
