"""What tests on a real database share."""
