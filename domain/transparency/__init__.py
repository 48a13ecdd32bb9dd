"""Bytes only, no credit words: commitments, leaves, Merkle trees and the digest chain."""
