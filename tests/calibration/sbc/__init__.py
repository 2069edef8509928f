"""Simulation-based calibration of every likelihood under every effect structure: `python tests/calibration/sbc`.

Truth is drawn from the priors of an analysis, a report from the truth, and the posterior of the report must hold the
truth as often as it says (Talts et al. 2018, arXiv:1804.06788). The simulators are written from the mathematics of
METHODS, with NumPy and SciPy only; they share no code with the models or the quadrature that they test.
"""
