"""Deductions that licensees claim for brands which are licensed themselves, compared with what these reported."""
