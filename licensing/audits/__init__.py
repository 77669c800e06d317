"""Audits of licensees: whether what was reported is what was sold."""
