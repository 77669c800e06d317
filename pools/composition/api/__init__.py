"""Pools, their members, patents and lists over HTTP."""
