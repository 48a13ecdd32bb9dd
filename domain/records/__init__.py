"""Determinations and the records they make."""
