"""Documents that set measures against the discredited, and the clean-up ledger in which every unit keeps its own."""
