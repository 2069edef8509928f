"""A short trial file as text, and files written with any bytes."""



GOOD = """id = "it"
title = "A trial"
year = 2020
condition = "x"
design = "randomised"
arms = { treatment = "a", control = "b" }
n = { treatment = 69, control = 75 }

[outcomes.gel]
label = "lesions"
measure = "rate_ratio"
benefit = "lower"
source = "abstract"
evidence = { kind = "estimate", estimate = 0.94, ci = [0.58, 1.50] }
"""


def written(tmp_path, content, name="it"):
    path = tmp_path / f"{name}.toml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path
