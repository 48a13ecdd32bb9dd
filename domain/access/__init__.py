"""Who may see what, why, and by which rule: purposes, consents, and one pure decision."""
