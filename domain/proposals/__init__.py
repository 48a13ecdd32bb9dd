"""Proposals (提案): how catalogue items, list standards and measures come about; knows no content of theirs."""
