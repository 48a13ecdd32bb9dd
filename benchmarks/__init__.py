"""Benchmarks: the engine's figures beside the limits of the same machine in the same run."""
