"""Statistical methods on counts of areas: limits, funnels, ranks, changes, dispersion and disclosure control.

Here belongs every formula that a statistician would look up, on arrays or on frames with counts and populations. What a figure counts,
whether two figures may be compared and how a result is worded do not (``transforms.harmonise``, ``reports``). Callers import the module
that they need; SciPy is imported inside the functions that use it, about half a second the first time.

Missing is NaN in arrays and null in frames, and stays missing. A wrong argument raises ValueError.
"""
