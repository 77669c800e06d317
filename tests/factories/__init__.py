"""Makers of small worlds for tests."""
