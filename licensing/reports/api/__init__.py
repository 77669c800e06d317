"""Sales reports over HTTP."""
