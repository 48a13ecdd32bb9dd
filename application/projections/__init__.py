"""Folds over events: what each view shows. No clock and no randomness, so any process gets the same rows."""
