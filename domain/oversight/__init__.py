"""Oversight (监督): flags, reviews of queries, traces of leaks, incidents; above all other contexts."""
