"""Keeping patents alive over HTTP."""
