"""What people keep of the lists they work with."""
