"""Adapters: PostgreSQL, keys, settings; wired in one place, ``bootstrap.py``."""
