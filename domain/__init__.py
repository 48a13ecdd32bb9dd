"""The law and the ledger's arithmetic, pure: no framework, no SQL, no clock, no randomness."""
