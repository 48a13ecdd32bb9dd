"""Small values that every context uses: canonical bytes, events, refusals, the rulebook."""
