"""Keeping patents alive: yearly fees as deadlines, what was paid, and orders to pay."""
