"""What members agree to, over HTTP."""
