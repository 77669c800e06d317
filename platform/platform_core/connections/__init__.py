"""Connections to databases of others: asked by schedule, and what they answer is taken in as a file would be."""
