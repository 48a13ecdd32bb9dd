"""The command line: one list of names, used in all documents."""
