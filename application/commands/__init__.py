"""Commands: each loads what it needs, asks the domain, and appends what was decided."""
