"""Paying members in another currency: rates that two people stand for, conversions at them, and what they differ by."""
