"""Use cases: load, ask the domain, seal, append; no HTTP, no SQL."""
