"""Who takes part: departments, officers, credit subjects, and the keys they act with."""
