"""Dealings with prospects over HTTP."""
