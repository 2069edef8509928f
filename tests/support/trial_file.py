"""A trial file that is valid, to be spoilt by a test."""



GOOD = """
id = "demo"
title = "A demonstration"
year = 2020
condition = "c"
design = "d"
arms = { treatment = "a", control = "b" }
n = { treatment = 69, control = 75 }
[outcomes.gel]
label = "Lesions"
measure = "rate_ratio"
benefit = "lower"
source = "abstract"
mcid = { value = 0.75, rationale = "judgement" }
[outcomes.gel.evidence]
kind = "estimate"
estimate = 0.94
ci = [0.58, 1.50]
"""
