"""Requests for bilateral licences over HTTP."""
