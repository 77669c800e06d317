"""The treasury over HTTP."""
