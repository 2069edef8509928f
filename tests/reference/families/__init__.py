"""The reference answers, a module for each kind of report, by NumPy and SciPy alone.

Nothing of the package under test is imported: an answer that shared its code would not be a second opinion. Every
function takes the inputs and the prior of a case and returns its expected values under the names of the file.
"""
