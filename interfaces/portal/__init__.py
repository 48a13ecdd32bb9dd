"""Pages for people: Chinese first, English beside it, no foreign asset."""
