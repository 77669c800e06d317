"""Books over HTTP."""
