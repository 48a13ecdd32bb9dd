"""Random histories over all contexts: a file of rules for each, and the promises that hold after every step of them."""
