"""Calls, submissions, panels and opinions over HTTP."""
