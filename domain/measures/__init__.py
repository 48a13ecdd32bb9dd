"""Measures against the discredited: the list of what may be applied, and each measure with its term and its reports."""
