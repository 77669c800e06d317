"""Open licences over HTTP."""
