"""What everybody sees first: what waits for them, what changed since they looked, and a few figures of their role."""
