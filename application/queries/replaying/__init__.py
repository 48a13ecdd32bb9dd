"""Making past answers again: what was announced of them part by part, and the whole body by the very query."""
