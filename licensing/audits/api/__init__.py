"""Audits of licensees over HTTP."""
