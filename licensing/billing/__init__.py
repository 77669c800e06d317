"""What licensees are billed for closed periods, and how each invoice was settled."""
