"""Queries: what may be shown is decided and logged here, then read."""
