"""Licensing: what a pool earns from its patents, and how members share it."""
