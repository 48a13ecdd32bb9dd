"""Lists (名单): their standards and the listing of subjects; above records, below measures."""
