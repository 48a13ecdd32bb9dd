"""Remedies (救济): objections, corrections and repairs of records; above records, below oversight."""
